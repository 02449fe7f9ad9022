/** When a service counts as out, and when it is asked again. One circuit a dependency: one that is out stops no other. */
import { Duration } from "effect"
import type { ErrorCode } from "../domain/ErrorCode.ts"
import type { Dependency } from "../domain/StageError.ts"

/** Failures in a row that open the circuit. */
export const failuresToOpen = 5

/** How long it stays open before one call may try. */
export const openFor = Duration.seconds(30)

/** The same for a service that refuses us: a person has to do something first. */
export const haltedFor = Duration.minutes(5)

/** How long that one call may take before another worker may try. */
export const probeTime = Duration.minutes(2)

/** How long a job waits while somebody else's call finds out. */
export const probePause = Duration.seconds(5)

/** How old a worker's knowledge of the others' circuits may be, should a notification be lost. */
export const circuitsRefreshed = Duration.seconds(10)

/** The service refuses us, not the document: not one more call until a person has acted. */
export const haltCodes: ReadonlySet<ErrorCode> = new Set([
  "EMBED_AUTH",
  "EMBED_QUOTA",
  "PARSER_AUTH",
  "PARSER_QUOTA",
  "STORAGE_DENIED"
])

/** We ask too often: the service is well, and says when to come back. */
export const rateCodes: ReadonlySet<ErrorCode> = new Set(["EMBED_RATE_LIMITED", "PARSER_RATE_LIMITED"])

/** Refused by an open circuit. */
export const unavailableCode: Readonly<Record<Dependency, ErrorCode>> = {
  parser: "PARSER_UNAVAILABLE",
  embedder: "EMBED_UNAVAILABLE",
  storage: "STORAGE_UNAVAILABLE",
  database: "DATABASE_UNAVAILABLE"
}

/** How the codes of each service begin. */
export const codePrefix: Readonly<Record<Dependency, string>> = {
  parser: "PARSER_",
  embedder: "EMBED_",
  storage: "STORAGE_",
  database: "DATABASE_"
}

/** No answer within the stage's deadline. */
export const timeoutCode: Readonly<Record<Dependency, ErrorCode>> = {
  parser: "PARSER_TIMEOUT",
  embedder: "EMBED_TIMEOUT",
  storage: "STORAGE_FAILED",
  database: "DATABASE_FAILED"
}
