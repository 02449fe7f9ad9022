/** The database that the settings name, and the slow reads, which do not share its pool. */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Settings } from "../../src/settings/Settings.ts"
import type { DatabaseUnreachable } from "../Postgres/connection/DatabaseUnreachable.ts"
import { anyValues, DatabasePostgres } from "../Postgres/connection/Postgres.ts"
import { SlowReads } from "../Postgres/connection/SlowReads.ts"
import { DatabasePglite } from "../Postgres/pglite/Pglite.ts"
import { type RoleRefused, takeServiceRole } from "../Postgres/schema/checkRoles.ts"
import { migrate } from "../Postgres/schema/migrate.ts"

export const migrations = new URL("../../migrations", import.meta.url).pathname

/** Without `DATABASE_URL`: PGlite in the data directory, with a single session. */
export const databaseAs = (as: "service" | "login", connections?: number) =>
  Layer.unwrap(Effect.map(
    Settings,
    ({ bounds, dataDir, databaseConnections, databaseUrl }): Layer.Layer<
      PgClient | SqlClient.SqlClient,
      DatabaseUnreachable | RoleRefused | SqlError.SqlError
    > =>
      databaseUrl === undefined
        ? DatabasePglite({ dataDir })
        : DatabasePostgres({
          url: databaseUrl,
          maxConnections: connections ?? databaseConnections,
          applicationName: "accessa",
          as,
          parameters: { "accessa.deliveries_waiting": String(bounds.deliveriesWaiting) }
        })
  ))

/** Connects as the user in `DATABASE_URL`, who may change the schema; closed before the service's pool is opened. */
export const LoginDatabase = databaseAs("login")

/** Returns the names of the applied migrations. */
export const migrateDatabase = Effect.gen(function*() {
  const { bounds: { deliveriesWaiting }, databaseUrl } = yield* Settings
  const ran = yield* migrate(migrations)
  if (databaseUrl === undefined) {
    yield* takeServiceRole
    const sql = yield* SqlClient.SqlClient
    yield* sql`SELECT set_config('accessa.deliveries_waiting', ${String(deliveriesWaiting)}, false)`
  }
  return ran
})

/** A local database is migrated by the first process to start; elsewhere `pnpm migrate` runs before a release. */
export const MigratedDatabase = Layer.unwrap(Effect.gen(function*() {
  const { databaseUrl, env } = yield* Settings
  if (env !== "local") return databaseAs("service")
  if (databaseUrl === undefined) return Layer.provideMerge(Layer.effectDiscard(migrateDatabase), LoginDatabase)
  yield* Effect.provide(migrateDatabase, LoginDatabase)
  return databaseAs("service")
}))

/** The audit check sets its own, longer timeout. */
export const SlowConnections = Layer.unwrap(Effect.gen(function*() {
  const { bounds, databaseUrl } = yield* Settings
  if (databaseUrl === undefined) return SlowReads.layer(1)
  const connections = bounds.searches + bounds.checks
  const { config } = yield* PgClient
  return Layer.provide(
    SlowReads.layer(connections),
    DatabasePostgres({
      url: databaseUrl,
      maxConnections: connections,
      applicationName: "accessa slow reads",
      as: "service",
      parameters: { statement_timeout: `${bounds.searchSeconds}s`, ...anyValues },
      types: config.types
    })
  )
}))
