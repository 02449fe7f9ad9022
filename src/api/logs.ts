/** The log lines of a job, of all processes that write to the API's data directory. */
import { Schema } from "effect"
import { snakeKeys } from "../domain/snakeKeys.ts"

export const LogLevel = Schema.Literals(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])

const LogLineView = snakeKeys({
  time: Schema.String,
  level: LogLevel,
  /** The process, such as accessa-worker. */
  service: Schema.String,
  message: Schema.String,
  /** What else the line says, such as stage, attempt and trace_id; docs/telemetry.md lists the names. */
  fields: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
})

/** Oldest first; the newest `limit` lines. */
export const JobLogs = snakeKeys({
  lines: Schema.Array(LogLineView),
  /** Why there are no lines here, and where they are; null if there are some. */
  note: Schema.NullOr(Schema.String)
})
export type JobLogs = typeof JobLogs.Type
