/** What a failed statement means for the job: wait for the database, retry, or a bug. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"
import {
  PermanentError,
  RecoverableError,
  type ServiceError,
  TransientError
} from "../../../src/domain/ServiceError.ts"
import { cutText } from "../../../src/domain/text.ts"
import { isFull } from "./whyUnusable.ts"

/** Messages name only the kind of failure: the driver's text can contain parameters, including whole vectors. */
export const toServiceError = ({ reason }: SqlError.SqlError): ServiceError => {
  const state = sqlState(reason.cause)
  const fields = { dependency: "database" as const, cause: shortened(reason.cause) }
  if (isAway(reason, state)) {
    return new RecoverableError({
      ...fields,
      code: "DATABASE_UNAVAILABLE",
      message: isFull(reason.cause)
        ? "The database or its pooler has no free connection; docs/databases.md says how many are needed."
        : "The database cannot be reached."
    })
  }
  const kind = state === undefined ? reason._tag : `${reason._tag}, SQLSTATE ${state}`
  switch (reason._tag) {
    case "DeadlockError":
    case "SerializationError":
    case "LockTimeoutError":
    case "StatementTimeoutError":
      return new TransientError({
        ...fields,
        code: "DATABASE_FAILED",
        message: `The database aborted a statement (${kind}).`
      })
    default:
      return new PermanentError({
        ...fields,
        code: "INTERNAL",
        message: `The database rejected a statement (${kind}).`
      })
  }
}

/** Also during shutdown or startup (57P01 to 57P05), and when it runs out of connections, memory or disk (53). */
const isAway = (reason: SqlError.SqlErrorReason, state: string | undefined): boolean =>
  reason._tag === "ConnectionError" || reason._tag === "AuthenticationError" || /^(57P0|53)/.test(state ?? "")
  || isFull(reason.cause)

const sqlState = (cause: unknown): string | undefined =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && /^[0-9A-Z]{5}$/.test(cause.code)
    ? cause.code
    : undefined

const shortened = (cause: unknown): Error => {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new Error(text.length > 200 ? `${cutText(text, 200)}…` : text)
}
