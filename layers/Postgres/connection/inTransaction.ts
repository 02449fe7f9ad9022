/** Transactions whose end can fail: a backend that is gone cannot roll back, and the client takes that for a mistake of ours. */
import { Effect } from "effect"
import { type SqlClient, SqlError } from "effect/sql"

/** The rollback's failure says what the statement's would have: the connection is lost, and the server has rolled back. */
export const inTransaction =
  (sql: SqlClient.SqlClient) =>
  <A, E, R>(statements: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    sql.withTransaction(statements).pipe(
      Effect.catchDefect((defect) => SqlError.isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect))
    )
