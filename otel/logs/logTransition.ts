/** Logs that a job has moved: one line per status, written by the code that makes the move durable. */
import { Effect } from "effect"
import { jobFields, withLogFields } from "../names/logFields.ts"

interface Transition {
  readonly jobId: string
  readonly documentId: string
  readonly userId: string
  readonly correlationId: string
  /** None: the job is new. */
  readonly from?: string | undefined
  readonly to: string
  readonly code?: string | undefined
}

export const logTransition = ({ code, from, to, ...job }: Transition) =>
  Effect.logInfo(from === undefined ? `The job is ${to}.` : `The job moved from ${from} to ${to}.`).pipe(
    withLogFields({ ...jobFields(job), from_status: from, to_status: to, error_code: code })
  )
