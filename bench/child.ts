/** What the benchmarks' runs have in common: a process of its own, an empty database, and the mock of the embedder. */
import { Clock, Config, Effect, FileSystem, Option, Queue, Redacted, Schedule, Schema, Stream } from "effect"
import { HttpClient } from "effect/http"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { SqlClient } from "effect/sql"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"
import { freePort } from "./freePort.ts"
import { whenAsked } from "./ingestFolder.ts"
import { Measurement } from "./Measurement.ts"

export class RunFailed extends Schema.TaggedError<RunFailed>()("RunFailed", { message: Schema.String }) {}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Measurement))

type Environment = Readonly<Record<string, string>>

/** Runs a script over a folder in a process of its own, with what goes on beside it, and reads the line that it prints. */
export const runChild = Effect.fnUntraced(
  function*<E = never, R = never>(
    script: string,
    folder: string,
    settings: Environment,
    { beside = () => Effect.void, passes = 1, workers = 1 }: {
      readonly beside?: (environment: Environment) => Effect.Effect<void, E, R>
      /** Waits for so many workers, its own included, before it begins. */
      readonly workers?: number
      /** Takes the folder so often, and measures the last time. */
      readonly passes?: number
    } = {}
  ) {
    const environment = yield* environmentOf(settings)
    yield* Effect.forkScoped(beside(environment))
    return yield* decode(yield* printed([...asWorker, script, folder, String(workers), String(passes)], environment))
  },
  Effect.scoped
)

/** The flags of `pnpm worker`. */
export const asWorker = ["--max-semi-space-size=16", "--no-wasm-code-gc"]

/**
 * Starts such a process and lets it stay. Each `pass` takes the folder once more: two processes that take turns by seconds
 * measure the same machine, however much that changes within minutes.
 */
export const startChild = Effect.fnUntraced(function*(script: string, folder: string, settings: Environment) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const asked = yield* Queue.unbounded<Uint8Array>()
  const child = yield* spawner.spawn(ChildProcess.make("node", [...asWorker, script, folder, "1", whenAsked], {
    env: yield* environmentOf(settings),
    extendEnv: true,
    stdin: Stream.fromQueue(asked),
    stderr: "inherit"
  }))
  const nextLines = yield* Stream.toPull(Stream.splitLines(Stream.decodeText(child.stdout)))
  const pass = Effect.andThen(Queue.offer(asked, new TextEncoder().encode("\n")), nextLines).pipe(
    Effect.mapError(() => new RunFailed({ message: `The run of ${script} ended before its next pass.` })),
    Effect.flatMap(([line]) => decode(line))
  )
  return { pass }
})

const environmentOf = Effect.fnUntraced(function*(settings: Environment) {
  const fs = yield* FileSystem.FileSystem
  // On the disk where data lives: a temporary folder may be in memory, where nothing is durable.
  const dataDir = yield* fs.makeTempDirectoryScoped({ directory: ".", prefix: ".accessa-bench-" })
  return {
    PARSER: "local",
    WORKER_HEALTH_PORT: String(yield* freePort),
    ACCESSA_DATA_DIR: dataDir,
    ...(yield* emptyDatabase),
    ...settings
  }
})

/** Runs a program to its end, and returns what it printed. */
export const printed = Effect.fnUntraced(function*(args: ReadonlyArray<string>, environment: Environment) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const child = yield* spawner.spawn(ChildProcess.make("node", args, { env: environment, extendEnv: true }))
  const [output, errors, exitCode] = yield* Effect.all([
    Stream.mkString(Stream.decodeText(child.stdout)),
    Stream.mkString(Stream.decodeText(child.stderr)),
    child.exitCode
  ], { concurrency: "unbounded" })
  if (exitCode === 0) return output.trim()
  const said = `${output}\n${errors}`.trim().split("\n").slice(-shown).join("\n")
  return yield* new RunFailed({
    message: `The run of ${args.find((arg) => !arg.startsWith("-"))} ended with code ${exitCode}. It said:\n${said}`
  })
}, Effect.scoped)

/** Lines of a run that failed. */
const shown = 30

export const medianOf = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Runs on the server of `DATABASE_URL`, in the database that it names. */
export const onServer = Effect.fnUntraced(function*<A, E, R>(work: Effect.Effect<A, E, R>) {
  const url = yield* Config.Redacted("DATABASE_URL")
  const login = { url, maxConnections: 1, applicationName: "accessa bench", as: "login" } as const
  return yield* Effect.provide(work, DatabasePostgres(login))
})

/**
 * Each run gets its own database on the server of `DATABASE_URL`, so that no run pays for the dead rows of the previous
 * one.
 */
export const emptyDatabase = Effect.gen(function*() {
  const server = Option.getOrUndefined(yield* Config.option(Config.Redacted("DATABASE_URL")))
  if (server === undefined) return {}
  const name = `accessa_bench_${yield* Clock.currentTimeMillis}`
  const execute = (statement: string) => onServer(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)))
  yield* Effect.acquireRelease(
    execute(`CREATE DATABASE ${name}`),
    () => Effect.ignore(execute(`DROP DATABASE ${name} WITH (FORCE)`), { log: true })
  )
  const url = new URL(Redacted.value(server))
  url.pathname = name
  return { DATABASE_URL: url.href }
})

/** They have packages of their own. */
export const requirePeers = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  if (yield* fs.exists("bench/peers/node_modules")) return
  return yield* new RunFailed({
    message: "The peers are not installed: run `pnpm install --dir bench/peers --ignore-workspace --ignore-scripts`."
  })
})

/** The embedded database belongs to one process. */
export const requireServer = Effect.flatMap(
  Config.option(Config.Redacted("DATABASE_URL")),
  Option.match({
    onNone: () =>
      new RunFailed({
        message: "DATABASE_URL is not set: this benchmark needs a PostgreSQL server that several processes share."
      }),
    onSome: () => Effect.void
  })
)

/** `OPENAI_API_URL`, or the mock without delay. */
export const embeddingsUrl = Effect.gen(function*() {
  const given = yield* Config.option(Config.URL("OPENAI_API_URL"))
  return Option.isSome(given) ? given.value.href : yield* mockEmbeddings(0)
})

/** The mock in a process of its own, which takes so many seconds for a request. */
export const mockEmbeddings = Effect.fnUntraced(function*(delay: number) {
  const port = yield* freePort
  yield* ChildProcess.make("node", ["src/bin/mock-openai.ts"], {
    env: { MOCK_OPENAI_PORT: String(port), MOCK_OPENAI_DELAY: String(delay), LOG_LEVEL: "Error" },
    extendEnv: true,
    stdout: "ignore",
    stderr: "inherit"
  })
  const origin = `http://127.0.0.1:${port}`
  yield* HttpClient.get(`${origin}/health`).pipe(
    Effect.retry(Schedule.max([Schedule.spaced("100 millis"), Schedule.recurs(600)]))
  )
  return `${origin}/v1`
})
