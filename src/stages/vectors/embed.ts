/** embedding_in_progress → embeddings_stored → complete: every chunk has its vector, and the receipt proves it. */
import { Effect, Exit } from "effect"
import { Embedder } from "../../../services/Embedder.ts"
import { type MissingChunk, Vectors } from "../../../services/Vectors.ts"
import type { StaleClaim } from "../../domain/Move.ts"
import type { ServiceError } from "../../domain/ServiceError.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import { embeddingWindow } from "../../policy/limits.ts"
import type { Running, Stage } from "../Stage.ts"
import { complete } from "./complete.ts"
import { EmbeddingBatches } from "./EmbeddingBatches.ts"

export const embed = {
  name: "embed",
  from: "embedding_in_progress",
  deadline: stageDeadline.embed,
  run: Effect.fnUntraced(function*({ job, missing }: Running) {
    const { model } = yield* Embedder
    const vectors = yield* Vectors
    const batches = yield* EmbeddingBatches
    // Taken up again: a text that stands here twice may have been bought for its first chunk alone.
    if (job.progress.embeds_done > 0) yield* vectors.reuse(job, model)
    const bought = new Set<string>()
    let repeated = false
    const buy = Effect.fnUntraced(function*(page: ReadonlyArray<MissingChunk>) {
      const distinct = firstOfEach(page, bought)
      repeated ||= distinct.length < page.length
      if (distinct.length > 0) yield* batches.embed({ job, chunks: distinct })
    })
    if (missing === undefined) {
      let failed: Exit.Exit<void, ServiceError | StaleClaim> = Exit.void
      yield* Effect.forEach(
        windowsOf(job.embedding_plan?.chunks ?? 0),
        Effect.fnUntraced(function*(after) {
          if (Exit.isFailure(failed)) return
          const exit = yield* Effect.exit(Effect.flatMap(vectors.missing(job, model, after, embeddingWindow), buy))
          if (Exit.isFailure(exit)) failed = exit
        }),
        { concurrency: windowsAtOnce, discard: true }
      )
      // Only now: what the window beside it bought would come too late to be stored.
      yield* failed
    } else {
      yield* buy(missing)
    }
    // Chunks with the same text get copies of the one vector that was bought.
    if (repeated) yield* vectors.reuse(job, model)
    return yield* complete.run({ job })
  })
} satisfies Stage<unknown>

/** The next window is read while this one is bought. */
const windowsAtOnce = 2

/** The ordinals before each window. */
const windowsOf = (chunks: number): ReadonlyArray<number> =>
  Array.from({ length: Math.ceil(chunks / embeddingWindow) }, (_, index) => index * embeddingWindow - 1)

const firstOfEach = (page: ReadonlyArray<MissingChunk>, seen: Set<string>): ReadonlyArray<MissingChunk> =>
  page.filter((chunk) => {
    if (seen.has(chunk.sha)) return false
    seen.add(chunk.sha)
    return true
  })
