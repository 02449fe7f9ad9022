/**
 * Transactions whose rollback can fail: a backend that is gone cannot roll back, which the client would report as a defect.
 */
import { Effect } from "effect"
import { type SqlClient, SqlError } from "effect/sql"

/** A failed rollback means the same as a failed statement: the connection is lost, and the server has rolled back. */
export const inTransaction =
  (sql: SqlClient.SqlClient) =>
  <A, E, R>(statements: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    sql.withTransaction(statements).pipe(
      Effect.catchDefect((defect) => SqlError.isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect))
    )
