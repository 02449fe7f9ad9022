/** A first start on an empty server: every connection after the migrations has the pipeline's role. */
import { assert, it } from "@effect/vitest"
import { Config, Effect, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { LoginDatabase, migrateDatabase } from "../../../layers/App/Database.ts"
import { DatabasePostgres } from "../../../layers/Postgres/connection/Postgres.ts"
import { accepts, role, withSettings } from "./firstStart.ts"

const server = Effect.runSync(Config.option(Config.Redacted("DATABASE_URL")))

const emptyServer = Effect.gen(function*() {
  const url = new URL(Redacted.value(Option.getOrThrow(server)))
  const name = `accessa_app_${randomUUID().replaceAll("-", "")}`
  const admin = (statement: string) =>
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
      Effect.provide(
        DatabasePostgres({ url: Redacted.make(url.href), maxConnections: 1, applicationName: "test", as: "login" })
      ),
      Effect.orDie
    )
  yield* Effect.acquireRelease(admin(`CREATE DATABASE ${name}`), () => admin(`DROP DATABASE ${name} WITH (FORCE)`))
  return Object.assign(new URL(url), { pathname: name }).href
})

it.live.skipIf(Option.isNone(server))(
  "starts with an empty server, using a separate connection for the migrations",
  () =>
    Effect.gen(function*() {
      const settings = withSettings({ DATABASE_URL: yield* emptyServer })
      yield* Effect.provide(accepts, settings)
      assert.strictEqual(yield* Effect.provide(role, Layer.provide(LoginDatabase, settings)), "postgres")
      assert.deepStrictEqual(yield* Effect.provide(migrateDatabase, Layer.provideMerge(LoginDatabase, settings)), [])
    }),
  180_000
)
