/** What the benchmarks' runs have in common: a process of its own, an empty database, and the mock of the embedder. */
import { Clock, Config, Effect, FileSystem, Option, Redacted, Schedule, Schema, Stream } from "effect"
import { HttpClient } from "effect/http"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { SqlClient } from "effect/sql"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"
import { Measurement } from "./Measurement.ts"

const mockPort = 18_002
export const workerPort = mockPort + 100

export class RunFailed extends Schema.TaggedError<RunFailed>()("RunFailed", { message: Schema.String }) {}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Measurement))

/** Runs a script over a folder in a process of its own, and reads the line that it prints. */
export const runChild = Effect.fnUntraced(
  function*(script: string, folder: string, settings: Readonly<Record<string, string>>) {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const fs = yield* FileSystem.FileSystem
    // On the disk where data lives: a temporary folder may be in memory, where nothing is durable.
    const dataDir = yield* fs.makeTempDirectoryScoped({ directory: ".", prefix: ".accessa-bench-" })
    const child = yield* spawner.spawn(
      ChildProcess.make("node", [script, folder], {
        env: {
          PARSER: "local",
          WORKER_HEALTH_PORT: String(workerPort),
          ACCESSA_DATA_DIR: dataDir,
          ...(yield* emptyDatabase),
          ...settings
        },
        extendEnv: true,
        stderr: "inherit"
      })
    )
    const output = yield* Stream.mkString(Stream.decodeText(child.stdout))
    const exitCode = yield* child.exitCode
    if (exitCode !== 0) {
      return yield* new RunFailed({
        message: `The run of ${script} ended with code ${exitCode}. Its output:\n${output.trim()}`
      })
    }
    return yield* decode(output.trim())
  },
  Effect.scoped
)

export const medianOf = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/**
 * Each run gets its own database on the server of `DATABASE_URL`, so that no run pays for the dead rows of the previous
 * one.
 */
export const emptyDatabase = Effect.gen(function*() {
  const server = Option.getOrUndefined(yield* Config.option(Config.Redacted("DATABASE_URL")))
  if (server === undefined) return {}
  const name = `accessa_bench_${yield* Clock.currentTimeMillis}`
  const onServer = (statement: string) =>
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
      Effect.provide(
        DatabasePostgres({ url: server, maxConnections: 1, applicationName: "accessa bench", as: "login" })
      )
    )
  yield* Effect.acquireRelease(
    onServer(`CREATE DATABASE ${name}`),
    () => Effect.ignore(onServer(`DROP DATABASE ${name} WITH (FORCE)`), { log: true })
  )
  const url = new URL(Redacted.value(server))
  url.pathname = name
  return { DATABASE_URL: url.href }
})

/** `OPENAI_API_URL`, or the mock without delay in a process of its own. */
export const embeddingsUrl = Effect.gen(function*() {
  const given = yield* Config.option(Config.URL("OPENAI_API_URL"))
  if (Option.isSome(given)) return given.value.href
  yield* ChildProcess.make("node", ["src/bin/mock-openai.ts"], {
    env: { MOCK_OPENAI_PORT: String(mockPort), LOG_LEVEL: "Error" },
    extendEnv: true,
    stdout: "ignore",
    stderr: "inherit"
  })
  const origin = `http://127.0.0.1:${mockPort}`
  yield* HttpClient.get(`${origin}/health`).pipe(
    Effect.retry(Schedule.max([Schedule.spaced("100 millis"), Schedule.recurs(100)]))
  )
  return `${origin}/v1`
})
