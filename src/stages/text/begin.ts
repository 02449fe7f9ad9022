/**
 * chunking → … → embedding_in_progress: the chunks of a new small document are stored with the plan of their vectors. This saves
 * a commit, a change of the job's row and two rounds through the database.
 */
import { Effect } from "effect"
import { Chunks } from "../../../services/Chunks.ts"
import { Embedder } from "../../../services/Embedder.ts"
import type { MissingChunk } from "../../../services/Vectors.ts"
import { type Chunk, embeddingInput } from "../../domain/Chunk.ts"
import type { Move } from "../../domain/Move.ts"
import type { JobRun } from "../JobRun.ts"
import { moved } from "../Stage.ts"
import { countReused, planOf } from "../vectors/plan.ts"

export const begin = Effect.fnUntraced(function*(run: JobRun, all: ReadonlyArray<Chunk>) {
  const chunks = yield* Chunks
  const { model } = yield* Embedder
  const progress = progressOf(all.length)
  const reuse = yield* chunks.begin(run.job, all, (reuse) => {
    const embeddingPlan = planOf(reuse, model)
    if (reuse.reused === 0) return [run.moveTo("embedding_in_progress", { progress, embeddingPlan })]
    // What is reused shows in the history from the plan on.
    const stored = run.moveTo("chunks_stored", { progress })
    const set = { embeddingPlan, progress: { embedsDone: reuse.reused } }
    const planned: Move = {
      ...stored,
      from: "chunks_stored",
      through: ["embedding_queued"],
      to: "embedding_in_progress",
      set
    }
    return [stored, planned]
  })
  yield* countReused(reuse.reused)
  run.keepInMemory(reuse.reused > 0 || reuse.chunks !== all.length ? {} : { missing: all.map(missingOf) })
  return moved("embedding_in_progress", { progress, embeddingPlan: planOf(reuse, model) })
})

export const missingOf = (chunk: Chunk): MissingChunk => ({
  chunkId: chunk.chunkId,
  ordinal: chunk.ordinal,
  ...embeddingInput(chunk)
})

export const progressOf = (count: number) => ({
  chunksTotal: count,
  chunksDone: count,
  embedsTotal: count,
  embedsDone: 0
})
