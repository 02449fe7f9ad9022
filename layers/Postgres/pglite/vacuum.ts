/**
 * What autovacuum does on a server: PGlite has no background processes. Without statistics the plans made for the empty
 * tables of a new stack stay, and after a thousand documents each takes three times as long.
 */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { serviceRole } from "../connection/serviceRole.ts"

/** Tables that changed as much as autovacuum waits for, by its default settings. */
export const vacuumChanged = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const tables = yield* sql<{ readonly name: string; readonly dead: boolean }>`
    SELECT relid::regclass::text AS name, n_dead_tup > 50 + 0.2 * n_live_tup AS dead FROM pg_stat_user_tables
    WHERE n_dead_tup > 50 + 0.2 * n_live_tup OR n_mod_since_analyze > 50 + 0.1 * n_live_tup`
  if (tables.length === 0) return
  // The session's user is a superuser, the role that all clients share is not; neither is it the owner.
  yield* sql.withTransaction(
    Effect.andThen(sql`SET LOCAL ROLE NONE`, sql`GRANT pg_maintain TO ${sql(serviceRole)}`)
  )
  for (const { dead, name } of tables) yield* sql.unsafe(`${dead ? "VACUUM (ANALYZE)" : "ANALYZE"} ${name}`)
})
