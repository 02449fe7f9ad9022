/** What a failed statement means for the job: wait for the database, try again, or a mistake of ours. */
import type { SqlError } from "effect/sql"
import { PermanentError, RecoverableError, type StageError, TransientError } from "../../src/domain/StageError.ts"

/** Messages name the kind of failure only: a driver's own text can hold parameter values, whole vectors among them. */
export const toStageError = (error: SqlError.SqlError): StageError => {
  const { reason } = error
  switch (reason._tag) {
    case "ConnectionError":
    case "AuthenticationError":
      return new RecoverableError({
        code: "DATABASE_UNAVAILABLE",
        message: "The database is out of reach.",
        dependency: "database",
        cause: error
      })
    case "DeadlockError":
    case "SerializationError":
    case "LockTimeoutError":
    case "StatementTimeoutError":
      return new TransientError({
        code: "DATABASE_FAILED",
        message: `The database gave up a statement (${reason._tag}).`,
        dependency: "database",
        cause: error
      })
    default:
      return new PermanentError({
        code: "INTERNAL",
        message: `The database refused a statement (${reason._tag}).`,
        dependency: "database",
        cause: error
      })
  }
}
