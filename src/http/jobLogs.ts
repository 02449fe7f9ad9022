/**
 * The log lines of a job. Its correlation id was chosen by the request that brought it, so it may be on lines about other
 * users' requests, too: only operators see lines that do not name the job or its owner.
 */
import { Array, DateTime, Effect, type FileSystem, Result, Struct } from "effect"
import type { LogLine } from "../../otel/logs/LogLine.ts"
import { makeLogReader } from "../../otel/logs/readLogs.ts"
import type { JobLogs, LogLevel } from "../api/logs.ts"
import type { Job } from "../domain/Job.ts"
import { PermanentError } from "../domain/ServiceError.ts"
import { HttpOptions } from "./server/HttpOptions.ts"

interface Wanted {
  readonly level: typeof LogLevel.Type
  readonly limit: number
  readonly isOperator: boolean
}

export const makeJobLogs = Effect.gen(function*() {
  const { logs } = yield* HttpOptions
  const services = yield* Effect.context<FileSystem.FileSystem>()
  return Effect.fnUntraced(function*(job: Job, { isOperator, level, limit }: Wanted) {
    if (Result.isFailure(logs)) return none(logs.failure)
    const reader = yield* makeLogReader(logs.success, {
      mentions: [job.jobId, job.correlationId],
      accepts: ({ fields }) =>
        fields.job_id === job.jobId || (fields.correlation_id === job.correlationId
          && (isOperator || (fields.user_id === job.userId && fields.job_id === undefined))),
      level,
      since: DateTime.toEpochMillis(job.createdAt) - beforeUpload,
      limit
    }).pipe(Effect.provideContext(services))
    const lines = yield* reader.next
    return Array.isReadonlyArrayNonEmpty(lines)
      ? { lines: isOperator ? lines : lines.map(withoutCause), note: null }
      : none("The log files have no lines of this job: they may not go back that far, or its processes log elsewhere.")
  }, Effect.mapError(({ message }) => new PermanentError({ code: "INTERNAL", message })))
})

/** The request that brought the job began before its row was written. */
const beforeUpload = 3_600_000

const none = (note: string): JobLogs => ({ lines: [], note })

/** A stack is for those who run the service. */
const withoutCause = ({ fields, ...line }: LogLine): LogLine => ({ ...line, fields: Struct.omit(fields, ["cause"]) })
