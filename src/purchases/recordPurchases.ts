/** Counts tokens, their cost, and the vectors got for them. */
import { Clock, Effect, Exit } from "effect"
import { count, observe } from "../../otel/metrics/record.ts"
import type { Purchase } from "../../services/Vectors.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { embeddingCost } from "../policy/limits.ts"
import type { Ends } from "./Slice.ts"

export const recordTokens = (outcome: "paid" | "lost", tokens: number, costUsd: number): Effect.Effect<void> =>
  Effect.andThen(
    count("accessa_embedding_tokens_total", { outcome }, tokens),
    count("accessa_embedding_cost_usd_total", { outcome }, costUsd)
  )

/** A call whose response was lost, at the estimate that the ledger also has. */
export const recordLostCall = (model: string, estimatedTokens: number): Effect.Effect<void> =>
  recordTokens("lost", estimatedTokens, embeddingCost(model, estimatedTokens))

/** Claims that have a vector already: a large document is bought in several requests. */
const begun = new WeakSet<ClaimedJob>()

/** What could not be stored is paid for all the same. */
export const recordShares = Effect.fnUntraced(function*({ shares }: Purchase, ends: Ends) {
  const now = yield* Clock.currentTimeMillis
  for (const { chunks, costUsd, job, tokens } of shares) {
    const end = ends.get(job.jobId)
    const isStored = end !== undefined && Exit.isSuccess(end)
    yield* recordTokens(isStored ? "paid" : "lost", tokens, costUsd)
    if (!isStored) continue
    yield* count("accessa_embedding_vectors_total", { outcome: "bought" }, chunks.length)
    if (job.progress.embedsDone > 0 || begun.has(job)) continue
    begun.add(job)
    const seconds = Math.max(0, now - job.createdAt.epochMilliseconds) / 1_000
    yield* observe("accessa_time_to_seconds", { milestone: "first_vector" }, seconds)
  }
})
