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
        : whyAway(state)
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

/**
 * No session can be opened: none of our statements is at fault. Also during shutdown or startup (57P01 to
 * 57P05), when it runs out of connections, memory or disk (53), fails to read or write its files (58), or is read-only.
 */
const isAway = (reason: SqlError.SqlErrorReason, state = ""): boolean =>
  reason._tag === "ConnectionError" || reason._tag === "AuthenticationError" || reason.operation === "connect"
  || /^(57P0|53|58)/.test(state) || state === readOnly || isFull(reason.cause)

const readOnly = "25006"

const whyAway = (state = ""): string => {
  if (state === readOnly) return "The database is read-only."
  if (state === "53100") return "The database's disk is full."
  if (state === "3D000") return "The database that DATABASE_URL names does not exist."
  if (state.startsWith("28")) return "The database rejects the login of DATABASE_URL."
  return "The database cannot be reached."
}

const sqlState = (cause: unknown): string | undefined =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && /^[0-9A-Z]{5}$/.test(cause.code)
    ? cause.code
    : undefined

const shortened = (cause: unknown): Error => {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new Error(text.length > 200 ? `${cutText(text, 200)}…` : text)
}
