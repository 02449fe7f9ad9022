/** The three ways a port fails. The class decides what happens next; the code and the message are for people. */
import { Schema } from "effect"
import { Dependency } from "./Dependency.ts"
import { type ErrorClass, ErrorCode } from "./ErrorCode.ts"

const fields = {
  code: ErrorCode,
  /** What is wrong with this document or call, in one sentence. */
  message: Schema.String,
  /** The dependency that failed, if it was not the document. */
  dependency: Schema.optionalKey(Dependency),
  /** The provider's id of the failed call or job. */
  requestId: Schema.optionalKey(Schema.String),
  /** Never shown to a caller: it may contain the document's text. */
  cause: Schema.optionalKey(Schema.Defect())
}

/** Timeout, 429, 5xx, reset, deadlock: retried on a schedule and, unless it is a rate limit, counted as an attempt. */
export class TransientError extends Schema.TaggedError<TransientError>()("TransientError", {
  ...fields,
  /** The provider's `Retry-After`; the schedule waits at least as long. */
  retryAfter: Schema.optionalKey(Schema.DurationFromMillis)
}) {}

/** A bad document or a refused request: the job fails without a retry. */
export class PermanentError extends Schema.TaggedError<PermanentError>()("PermanentError", fields) {}

/** A service is unavailable or refuses us: the job is parked and no attempt is counted. */
export class RecoverableError extends Schema.TaggedError<RecoverableError>()("RecoverableError", {
  ...fields,
  retryAfter: Schema.optionalKey(Schema.DurationFromMillis)
}) {}

export const ServiceError = Schema.Union([TransientError, PermanentError, RecoverableError])
export type ServiceError = typeof ServiceError.Type

export const errorClass = (error: ServiceError): ErrorClass => {
  switch (error._tag) {
    case "TransientError":
      return "transient"
    case "PermanentError":
      return "permanent"
    case "RecoverableError":
      return "recoverable"
  }
}
