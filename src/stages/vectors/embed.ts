/** Buys a vector for every chunk that has none. */
import { Effect, Exit } from "effect"
import { Embedder } from "../../../services/Embedder.ts"
import { type MissingChunk, Vectors } from "../../../services/Vectors.ts"
import { embeddingWindow } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { makeAllParts } from "./AllParts.ts"
import { EmbeddingBatches } from "./EmbeddingBatches.ts"
import { reuse } from "./reuse.ts"
import { windowsOf } from "./windowsOf.ts"

export const embed = Effect.fn("vectors.embed")(function*({ inMemory, job }: JobRun) {
  const { model } = yield* Embedder
  const vectors = yield* Vectors
  const batches = yield* EmbeddingBatches
  // When resuming, a text that occurs twice may have been bought only for its first chunk.
  if (job.progress.embedsDone > 0) yield* reuse(job)
  const seen = new Set<string>()
  let repeated = false
  const buy = Effect.fnUntraced(function*(page: ReadonlyArray<MissingChunk>) {
    const distinct = firstOfEach(page, seen)
    repeated ||= distinct.length < page.length
    if (distinct.length > 0) yield* batches.embed({ job, chunks: distinct })
  })
  if (inMemory.missing === undefined) {
    const windows = windowsOf(job.embeddingPlan?.chunks ?? 0, embeddingWindow)
    const all = yield* makeAllParts(windows.length)
    const buyWindow = Effect.fnUntraced(function*(after: number) {
      if (all.hasFailed()) return yield* all.end(1, Exit.void)
      const missing = vectors.missing(job, model, after, embeddingWindow)
      yield* all.end(1, yield* Effect.exit(Effect.flatMap(missing, buy)))
    })
    yield* Effect.forEach(windows, buyWindow, { concurrency: windowsAtOnce, discard: true })
    yield* all.ended
  } else {
    yield* buy(inMemory.missing)
  }
  // Chunks with the same text get copies of the one vector that was bought.
  if (repeated) yield* reuse(job)
})

/** The next window is read while this one is bought. */
const windowsAtOnce = 2

const firstOfEach = (page: ReadonlyArray<MissingChunk>, seen: Set<string>): ReadonlyArray<MissingChunk> =>
  page.filter((chunk) => {
    if (seen.has(chunk.sha)) return false
    seen.add(chunk.sha)
    return true
  })
