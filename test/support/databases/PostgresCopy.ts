/** A separate database on the server, copied from a migrated template and dropped at the end. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted } from "effect"
import { randomUUID } from "node:crypto"
import { DatabasePostgres, type PostgresOptions } from "../../../layers/Postgres/connection/Postgres.ts"
import { migrate } from "../../../layers/Postgres/schema/migrate.ts"
import { migrationsDirectory, templateName } from "./migrationsTemplate.ts"

const connect = (
  server: Redacted.Redacted,
  database: string | undefined,
  maxConnections: number,
  as: PostgresOptions["as"] = "login"
) => {
  const url = new URL(Redacted.value(server))
  if (database !== undefined) url.pathname = `/${database}`
  return DatabasePostgres({ url: Redacted.make(url.href), maxConnections, applicationName: "accessa-test", as })
}

/**
 * Created under another name and renamed when complete; the lock, held by the only connection, excludes a second creator.
 */
const makeTemplate = Effect.fnUntraced(function*(server: Redacted.Redacted) {
  const sql = yield* PgClient.PgClient
  const ready = `accessa_template_${yield* templateName}`
  const draft = `${ready}_draft`
  yield* sql`SELECT pg_advisory_lock(hashtextextended(${ready}, 0))`
  const found = yield* sql`SELECT 1 FROM pg_database WHERE datname = ${ready}`
  if (found.length === 0) {
    yield* sql`DROP DATABASE IF EXISTS ${sql(draft)} WITH (FORCE)`
    yield* sql`CREATE DATABASE ${sql(draft)}`
    yield* migrate(migrationsDirectory).pipe(Effect.provide(connect(server, draft, 1)))
    yield* sql`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = ${draft}`
    yield* sql`ALTER DATABASE ${sql(draft)} RENAME TO ${sql(ready)}`
  }
  yield* sql`SELECT pg_advisory_unlock(hashtextextended(${ready}, 0))`
  return ready
})

/** The name of the migrated template on the server: `CREATE DATABASE … TEMPLATE` copies it in a tenth of the time of migrating. */
export const postgresTemplate = (server: Redacted.Redacted) =>
  Effect.provide(makeTemplate(server), connect(server, undefined, 1))

export const PostgresCopy = (server: Redacted.Redacted) =>
  Layer.unwrap(Effect.gen(function*() {
    const sql = yield* PgClient.PgClient
    const name = `accessa_test_${randomUUID().replaceAll("-", "")}`
    const source = yield* makeTemplate(server)
    yield* Effect.acquireRelease(
      sql`CREATE DATABASE ${sql(name)} TEMPLATE ${sql(source)}`,
      () => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`.pipe(Effect.orDie)
    )
    return connect(server, name, 10, "service")
  })).pipe(Layer.provide(connect(server, undefined, 1)))
