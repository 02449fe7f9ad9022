/** Counts a job's moves, and how long after its upload they came. */
import { Effect } from "effect"
import { recordAll } from "../../otel/metrics/record.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import type { JobStatus } from "../domain/JobStatus.ts"

const milestones: Partial<Record<JobStatus, "parsed" | "chunked" | "complete">> = {
  parsed: "parsed",
  chunks_stored: "chunked",
  complete: "complete"
}

export const recordMoves = ({ createdAt }: ClaimedJob, through: ReadonlyArray<JobStatus>): Effect.Effect<void> =>
  Effect.clockWith((clock) =>
    recordAll((record) => {
      const seconds = Math.max(0, clock.currentTimeMillisUnsafe() - createdAt.epochMilliseconds) / 1_000
      for (const status of through) {
        record.count("accessa_job_moves_total", { status })
        const milestone = milestones[status]
        if (milestone !== undefined) record.observe("accessa_time_to_seconds", { milestone }, seconds)
      }
    })
  )
