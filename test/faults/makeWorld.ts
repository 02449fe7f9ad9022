/** Builds the environment of one case, with a database that is dropped afterwards. */
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Config, Effect, FileSystem, Layer, Option, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { cwd } from "node:process"
import { ObjectStorageFilesystem } from "../../layers/ObjectStorage/Filesystem.ts"
import { VectorParameters } from "../../layers/Postgres/connection/VectorParameters.ts"
import { DatabasePglite } from "../../layers/Postgres/pglite/Pglite.ts"
import { migrate } from "../../layers/Postgres/schema/migrate.ts"
import { copyPgliteTemplate } from "../support/databases/PgliteCopy.ts"
import { postgresTemplate } from "../support/databases/PostgresCopy.ts"
import { stores } from "../support/databases/stores.ts"
import { type Database, freePort, PostgresPlace } from "./PostgresPlace.ts"
import { startProcess } from "./Process.ts"
import { Tree, webhookSecret, World } from "./World.ts"

/** The environment, with the judge's own connection and stores. */
export const worldLayer = (seed: number) =>
  Layer.unwrap(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const place = yield* PostgresPlace
    const tree = yield* Tree
    const scope = yield* Scope.Scope
    // On the disk where data lives: a temporary folder may be in memory, where nothing is durable.
    const directory = yield* fs.makeTempDirectoryScoped({ directory: cwd(), prefix: ".accessa-faults-" })
    yield* fs.makeDirectory(`${directory}/logs`)
    // A copy of the migrated template; another checkout may have other migrations.
    const isOurs = tree === cwd()
    const database = place === undefined ? undefined : yield* freshDatabase(place, isOurs)
    if (database === undefined && isOurs) yield* copyPgliteTemplate(`${directory}/data`)
    const [api, llamaparse, openai, monitor] = yield* Effect.all([freePort, freePort, freePort, freePort])
    const at = (port: number, path = "/") => new URL(path, `http://127.0.0.1:${port}`)
    const path = Option.getOrElse(yield* Config.option(Config.String("PATH")), () => "")
    const common = {
      PATH: path,
      HOME: directory,
      ACCESSA_DATA_DIR: directory,
      API_PORT: String(api),
      MOCK_LLAMAPARSE_PORT: String(llamaparse),
      MOCK_OPENAI_PORT: String(openai),
      MONITOR_PORT: String(monitor),
      MOCK_LLAMAPARSE_DELAY: "0.2",
      PARSER: "local",
      WEBHOOK_SECRETS: webhookSecret,
      LOG_FORMAT: "json",
      WORKER_LEASE_SECONDS: "3",
      WORKER_HEARTBEAT_SECONDS: "1",
      ...(database === undefined ? {} : { DATABASE_URL: database.url })
    }
    const world = World.of({
      seed,
      directory,
      databaseUrl: database?.url,
      server: place?.server,
      freePort,
      urls: { api: at(api), llamaparse: at(llamaparse), openai: at(openai) },
      start: Effect.fnUntraced(function*(program, settings = {}) {
        // For each start: a case may run several workers, and `start` has one, too.
        const env = { ...common, WORKER_HEALTH_PORT: String(yield* freePort), ...settings }
        const port = {
          api: Number(env.API_PORT),
          worker: Number(env.WORKER_HEALTH_PORT),
          monitor,
          "mock-llamaparse": llamaparse,
          "mock-openai": openai,
          start: api
        }[program]
        return yield* startProcess({
          program,
          directory: tree,
          env,
          logFile: `${directory}/logs/${program}.log`,
          health: at(port, "/health")
        })
      })
    })
    const connection = database === undefined
      ? DatabasePglite({ dataDir: directory })
      : judge(database.url)
    return Layer.merge(stores, ObjectStorageFilesystem({ directory: `${directory}/storage` })).pipe(
      Layer.provideMerge(VectorParameters.layer),
      Layer.provideMerge(
        Layer.tap(connection, (context) => Effect.provideContext(migrate(`${tree}/migrations`), context))
      ),
      Layer.merge(Layer.succeed(World, world)),
      Layer.provide(Layer.succeed(Scope.Scope, scope))
    )
  }))

/** Not the project's own adapter: the judge is a superuser, unaffected by our policies and settings. */
export const judge = (url: string) =>
  PgClient.layerFrom(PgClient.make({
    url: Redacted.make(url),
    maxConnections: 6,
    applicationName: "judge",
    // As for our own sessions: compiling a statement takes longer than running it.
    startupParameters: { jit: "off" },
    types: PgTypes.makeRegistry()
  }))

const freshDatabase = Effect.fnUntraced(function*({ url }: Database, fromTemplate: boolean) {
  const onServer = (statement: string) =>
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(Effect.provide(judge(url)))
  const name = `accessa_faults_${crypto.randomUUID().replaceAll("-", "")}`
  const source = fromTemplate ? `TEMPLATE ${yield* postgresTemplate(Redacted.make(url))}` : ""
  yield* Effect.acquireRelease(
    onServer(`CREATE DATABASE ${name} ${source}`),
    () => Effect.ignore(onServer(`DROP DATABASE ${name} WITH (FORCE)`), { log: true })
  )
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href }
})
