/**
 * Lets the PostgreSQL that a test run has started answer before the disk does: its databases end with the run, so that nothing
 * has to survive a crash. Cases that crash a server start their own.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"

const server = Layer.unwrap(
  Effect.map(
    Config.Redacted("DATABASE_URL"),
    (url) => DatabasePostgres({ url, maxConnections: 1, applicationName: "accessa tests", as: "login" })
  )
)

const relax = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const setting of ["fsync", "full_page_writes", "synchronous_commit"]) {
    yield* sql.unsafe(`ALTER SYSTEM SET ${setting} = off`)
  }
  yield* sql`SELECT pg_reload_conf()`
})

NodeRuntime.runMain(Effect.provide(relax, server))
