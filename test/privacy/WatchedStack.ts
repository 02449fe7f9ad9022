/**
 * The whole system in one process, with all its output captured: log, spans, answers, and afterwards its tables. On the
 * server of `DATABASE_URL`, or else embedded.
 */
import { Effect, FileSystem, type Path, Redacted, Schedule, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { DatabasePostgres } from "../../layers/Postgres/connection/Postgres.ts"
import { DatabasePgliteInProcess } from "../../layers/Postgres/pglite/PgliteInProcess.ts"
import { freePort } from "../faults/PostgresPlace.ts"
import { startProcess } from "../faults/Process.ts"
import { copyPgliteTemplate } from "../support/databases/PgliteCopy.ts"
import { serverDatabase } from "../support/databases/serverDatabase.ts"
import { serveStub } from "../support/stubs/HttpStub.ts"

export interface WatchedStack {
  readonly api: URL
  readonly dataDir: string
  /** Calls the API with the local stack's key, and records refusals. */
  readonly ask: (path: string, init?: RequestInit) => Effect.Effect<{ readonly status: number; readonly text: string }>
  /** Everything except the tables, which are read once the process has ended. */
  readonly stop: Effect.Effect<{
    readonly log: string
    readonly spans: string
    readonly problems: string
    readonly tables: ReadonlyMap<string, string>
  }>
}

export const startWatched = (
  settings: Readonly<Record<string, string>>
): Effect.Effect<WatchedStack, unknown, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const dataDir = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-privacy-" })
    const database = yield* serverDatabase
    if (database === undefined) yield* copyPgliteTemplate(`${dataDir}/data`)
    const exported: Array<string> = []
    const collector = yield* serveStub(({ body }) => {
      exported.push(body.toString("utf8"))
      return { status: 200, body: {} }
    })
    const [api, llamaparse, openai, health, monitor] = yield* Effect.all(Array.from({ length: 5 }, () => freePort))
    const url = new URL(`http://127.0.0.1:${api}`)
    const process = yield* startProcess({
      program: "start",
      directory: fileURLToPath(new URL("../../", import.meta.url)),
      logFile: `${dataDir}/log`,
      health: new URL("/health", url),
      env: {
        PATH: env["PATH"] ?? execPath,
        ACCESSA_DATA_DIR: dataDir,
        API_PORT: String(api),
        MOCK_LLAMAPARSE_PORT: String(llamaparse),
        MOCK_OPENAI_PORT: String(openai),
        WORKER_HEALTH_PORT: String(health),
        MONITOR_PORT: String(monitor),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.href,
        LOG_LEVEL: "All",
        ...(database === undefined ? {} : { DATABASE_URL: database }),
        ...settings
      }
    })
    const problems: Array<string> = []
    const key = (yield* fs.readFileString(`${dataDir}/local-key`)).trim()
    return {
      api: url,
      dataDir,
      ask: (path, init) =>
        Effect.promise(async (signal) => {
          const headers = new Headers(init?.headers)
          if (!headers.has("authorization")) headers.set("authorization", `Bearer ${key}`)
          const response = await fetch(new URL(path, url), { signal, ...init, headers })
          const text = await response.text()
          if (!response.ok) problems.push(JSON.stringify([...response.headers]) + text)
          return { status: response.status, text }
        }),
      stop: Effect.gen(function*() {
        yield* process.signal("SIGTERM")
        yield* process.exited
        const tables = yield* database === undefined
          ? Effect.provide(dumpTables, DatabasePgliteInProcess({ dataDir: `${dataDir}/data` }))
          : Effect.provide(dumpTables, loginTo(database))
        return { log: process.output(), spans: exported.join("\n"), problems: problems.join("\n"), tables }
      }).pipe(Effect.orDie)
    }
  })

const loginTo = (url: string) =>
  DatabasePostgres({ url: Redacted.make(url), maxConnections: 1, applicationName: "accessa test", as: "login" })

/** Every row of every table as text, by the table's name. */
const dumpTables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`
    SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace`
  const rows = yield* Effect.forEach(
    tables,
    ({ name }) =>
      sql<{ readonly row: string }>`SELECT t::text AS row FROM ${sql(name)} t`.pipe(
        Effect.map((rows) => [name, rows.map(({ row }) => row).join("\n")] as const)
      )
  )
  return new Map(rows)
}).pipe((dump) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    // As the owner of the tables, from whom no policy hides a row.
    sql.withTransaction(Effect.andThen(sql`SET LOCAL ROLE NONE`, dump)))
)

/** Polls until the condition holds. */
export const until = <A, E>(ask: Effect.Effect<A, E>, isSo: (answer: A) => boolean): Effect.Effect<A, E> =>
  ask.pipe(
    Effect.repeat({ until: isSo, schedule: Schedule.spaced("50 millis") }),
    Effect.timeoutOrElse({ duration: "2 minutes", orElse: () => Effect.die(new Error("The condition never held.")) })
  )
