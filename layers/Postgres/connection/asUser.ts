/** Runs statements for named users: within the transaction the database shows and accepts only their rows. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { UserId } from "../../../src/domain/Ids.ts"
import { inTransaction } from "./inTransaction.ts"

/**
 * Migration 0002 defines what the role may see; everything else runs as `accessa_service`. The setting ends with the
 * transaction, so that no connection returns to the pool as a user.
 */
export const asUsers =
  (sql: SqlClient.SqlClient, users: ReadonlyArray<UserId>) =>
  <A, E, R>(statements: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    sql`SELECT set_config('role', 'accessa_user', true), set_config('accessa.users', ${users.join(",")}, true)`.pipe(
      Effect.andThen(statements),
      inTransaction(sql)
    )
