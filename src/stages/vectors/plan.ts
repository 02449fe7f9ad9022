/** Reuses existing vectors, and estimates the cost of the missing ones. */
import { Effect } from "effect"
import { count } from "../../../otel/metrics/record.ts"
import { Embedder } from "../../../services/Embedder.ts"
import { Vectors } from "../../../services/Vectors.ts"
import type { EmbeddingPlan } from "../../domain/Job.ts"
import type { EmbeddingModel, Reuse } from "../../domain/Vector.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import { bytesPerToken, embeddingCost } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { within } from "../within.ts"

export const plan = Effect.fn("vectors.plan")(function*(run: JobRun) {
  const { model } = yield* Embedder
  const vectors = yield* Vectors
  const reuse = yield* vectors.reuse(run.job, model).pipe(
    within("The plan of the embedding", stageDeadline.database, undefined)
  )
  const { chunks, reused } = reuse
  yield* countReused(reused)
  // The chunks in memory are exactly the missing ones only if no vector was found for any of them.
  if (reused > 0 || run.inMemory.missing?.length !== chunks) run.keepInMemory({})
  return { embeddingPlan: planOf(reuse, model) }
})

export const countReused = (reused: number) => count("accessa_embedding_vectors_total", { outcome: "reused" }, reused)

export const planOf = ({ chunks, missingBytes, reused }: Reuse, { model }: EmbeddingModel): EmbeddingPlan => {
  const estimatedTokens = Math.ceil(missingBytes / bytesPerToken)
  return { chunks, reused, estimatedTokens, estimatedCostUsd: embeddingCost(model, estimatedTokens) }
}
