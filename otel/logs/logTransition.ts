/** Logs that a job has moved: one line per status, written by the code that makes the move durable. */
import { Effect, LogLevel } from "effect"
import type { JobIds } from "../names/JobIds.ts"
import { jobFields, withLogFields } from "../names/logFields.ts"

interface Transition {
  /** None: the job is new. */
  readonly from?: string | undefined
  readonly to: string
  readonly code?: string | undefined
  /** What the work for it took, where that is known. */
  readonly seconds?: number | undefined
  /** Of the document, once it has any. */
  readonly chunks?: number | undefined
}

export const logTransition = (job: JobIds, { chunks, code, from, seconds, to }: Transition) =>
  Effect.logInfo(from === undefined ? `The job is ${to}.` : `The job moved from ${from} to ${to}.`).pipe(
    withLogFields({
      ...jobFields(job),
      from_status: from,
      to_status: to,
      error_code: code,
      duration_seconds: seconds,
      chunks
    })
  )

/** Costs nothing while such lines are not written. */
export const logTransitions = (job: JobIds, transitions: ReadonlyArray<Transition>) =>
  Effect.flatMap(LogLevel.isEnabled("Info"), (isWritten) =>
    isWritten
      ? Effect.forEach(transitions, (transition) => logTransition(job, transition), { discard: true })
      : Effect.void)
