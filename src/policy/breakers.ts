/** When a service counts as out, and when it is asked again. One circuit a dependency: one that is out stops no other. */
import { Duration } from "effect"
import type { ErrorCode } from "../domain/ErrorCode.ts"
import type { Dependency } from "../domain/StageError.ts"

/** Failures in a row that open the circuit. */
export const failuresToOpen = 5

/** How long it stays open before one call may try. */
export const openFor = Duration.seconds(30)

/** We ask too often: the service is well, and says when to come back. */
export const rateCodes: ReadonlySet<ErrorCode> = new Set(["EMBED_RATE_LIMITED", "PARSER_RATE_LIMITED"])

/** Refused by an open circuit. */
export const unavailableCode: Readonly<Record<Dependency, ErrorCode>> = {
  parser: "PARSER_UNAVAILABLE",
  embedder: "EMBED_UNAVAILABLE",
  storage: "STORAGE_UNAVAILABLE",
  database: "DATABASE_UNAVAILABLE"
}

/** No answer within the stage's deadline. */
export const timeoutCode: Readonly<Record<Dependency, ErrorCode>> = {
  parser: "PARSER_TIMEOUT",
  embedder: "EMBED_TIMEOUT",
  storage: "STORAGE_FAILED",
  database: "DATABASE_FAILED"
}
