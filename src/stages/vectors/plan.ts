/** Reuses existing vectors, and estimates the cost of the missing ones. */
import { Effect } from "effect"
import { count } from "../../../otel/metrics/record.ts"
import { Embedder } from "../../../services/Embedder.ts"
import type { EmbeddingPlan } from "../../domain/Job.ts"
import type { EmbeddingModel, Reuse } from "../../domain/Vector.ts"
import { bytesPerToken, embeddingCost } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { reuse } from "./reuse.ts"

export const plan = Effect.fn("vectors.plan")(function*(run: JobRun) {
  const { model } = yield* Embedder
  const found = yield* reuse(run.job)
  const { chunks, reused } = found
  yield* countReused(reused)
  // The chunks in memory are exactly the missing ones only if no vector was found for any of them.
  if (reused > 0 || run.inMemory.missing?.length !== chunks) run.keepInMemory({})
  return { embeddingPlan: planOf(found, model) }
})

export const countReused = (reused: number) => count("accessa_embedding_vectors_total", { outcome: "reused" }, reused)

export const planOf = ({ chunks, missingBytes, reused }: Reuse, { model }: EmbeddingModel): EmbeddingPlan => {
  const estimatedTokens = Math.ceil(missingBytes / bytesPerToken)
  return { chunks, reused, estimatedTokens, estimatedCostUsd: embeddingCost(model, estimatedTokens) }
}
