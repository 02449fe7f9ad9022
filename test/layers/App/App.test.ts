/**
 * A first start, on an empty data directory or an empty server: every connection after the migrations has the pipeline's
 * role.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, FileSystem, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { LoginDatabase, migrateDatabase } from "../../../layers/App/Database.ts"
import { Stores } from "../../../layers/App/Stores.ts"
import { DatabasePostgres } from "../../../layers/Postgres/connection/Postgres.ts"
import { Documents } from "../../../services/Documents.ts"
import { Settings } from "../../../src/settings/Settings.ts"
import { anUpload } from "../../support/builders/jobInMemory.ts"

const server = Effect.runSync(Config.option(Config.Redacted("DATABASE_URL")))

const withSettings = (env: Readonly<Record<string, string>>) =>
  Settings.layer.pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    Layer.provideMerge(NodeServices.layer)
  )

const role = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly current_user: string }>`SELECT current_user`
  return row?.current_user
})

/** The stores work, and every connection is the service's. */
const accepts = Effect.gen(function*() {
  const { accept } = yield* Documents
  assert.strictEqual((yield* accept(anUpload()))._tag, "Accepted")
  assert.strictEqual(yield* role, "accessa_service")
}).pipe(Effect.provide(Stores))

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

it.live(
  "starts with a data directory that is empty but for what a killed first start has left",
  () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const dataDir = yield* fs.makeTempDirectoryScoped()
      yield* fs.makeDirectory(`${dataDir}/data.unfinished`)
      yield* fs.writeFileString(`${dataDir}/data.unfinished/PG_VERSION`, "18\n")
      const settings = withSettings({ ACCESSA_DATA_DIR: dataDir })
      yield* Effect.provide(accepts, settings)
      assert.includeMembers(yield* fs.readDirectory(dataDir), ["data", "lock"])
      assert.isFalse(yield* fs.exists(`${dataDir}/data.unfinished`))
      // Opened again, by a program that does not migrate.
      assert.strictEqual(yield* Effect.provide(role, Layer.provide(LoginDatabase, settings)), "accessa_service")
    }).pipe(Effect.provide(NodeServices.layer)),
  180_000
)

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
