/**
 * The databases of SQL tests: the PostgreSQL server that `DATABASE_URL` names, PGlite without one, both if `EVERY_DATABASE`
 * is true. Each layer gets its own migrated, empty database, copied from a template that is made once per state of the migrations.
 */
import { NodeServices } from "@effect/platform-node"
import type { PgClient } from "@effect/sql-pg"
import { it as anyTest, layer, type Vitest } from "@effect/vitest"
import { Clock, Config, Effect, Layer, Option } from "effect"
import type { SqlClient } from "effect/sql"
import { VectorParameters } from "../../../layers/Postgres/connection/VectorParameters.ts"
import { PgliteCopy } from "./PgliteCopy.ts"
import { PostgresCopy } from "./PostgresCopy.ts"

export type TestDatabase = PgClient.PgClient | SqlClient.SqlClient | VectorParameters

interface Database {
  readonly name: "pglite" | "postgres"
  readonly layer: Layer.Layer<TestDatabase, unknown>
}

const [serverUrl, everyDatabaseWanted] = Effect.runSync(Effect.gen(function*() {
  return [
    Option.getOrUndefined(yield* Config.option(Config.Redacted("DATABASE_URL"))),
    yield* Config.Boolean("EVERY_DATABASE").pipe(Config.withDefault(false))
  ] as const
}))

/** Pools and startup use the real clock, not the test's. */
const migrated = (database: Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, unknown, NodeServices.NodeServices>) =>
  VectorParameters.layer.pipe(
    Layer.provideMerge(database),
    Layer.provide([NodeServices.layer, Layer.succeed(Clock.Clock, Clock.Clock.defaultValue())])
  )

/** For the few tests of what the others rely on. */
export const everyDatabase: ReadonlyArray<Database> = [
  { name: "pglite", layer: migrated(PgliteCopy) },
  ...serverUrl === undefined ? [] : [{ name: "postgres" as const, layer: migrated(PostgresCopy(serverUrl)) }]
]

/** One database alone by default: the same SQL on a second one takes a minute of two cores. */
export const databases = everyDatabaseWanted ? everyDatabase : everyDatabase.slice(-1)

/** Why a database is not available here. */
const missing = serverUrl === undefined ? ["on postgres: DATABASE_URL is not set"] : []

/** A server that is missing shows as a skipped test that says why. */
export const onEachDatabase = (
  title: string,
  tests: (it: Vitest.MethodsNonLive<TestDatabase>, name: Database["name"]) => void,
  on = databases
) => {
  for (const database of on) {
    layer(database.layer)(`${title} on ${database.name}`, (it) => tests(it, database.name))
  }
  // oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
  for (const reason of missing) anyTest.skip(`${title} ${reason}`, () => {})
}
