/** Counts a job's move, and how long after its upload it came. */
import { Clock, Effect } from "effect"
import { count, observe } from "../../otel/metrics/record.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import type { JobStatus } from "../domain/JobStatus.ts"

const milestones: Partial<Record<JobStatus, "parsed" | "chunked" | "complete">> = {
  parsed: "parsed",
  chunks_stored: "chunked",
  complete: "complete"
}

export const recordMove = Effect.fnUntraced(function*({ createdAt }: ClaimedJob, to: JobStatus) {
  yield* count("accessa_job_moves_total", { status: to })
  const milestone = milestones[to]
  if (milestone === undefined) return
  const now = yield* Clock.currentTimeMillis
  yield* observe("accessa_time_to_seconds", { milestone }, Math.max(0, now - createdAt.epochMilliseconds) / 1_000)
})
