/**
 * Sends every Markdown file of a folder through the durable pipeline, alternating with a baseline of the same steps without
 * durability. Each run is a separate process.
 */
import { Clock, Config, Console, Effect, FileSystem, Option, Redacted, Schedule, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient } from "effect/http"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { SqlClient } from "effect/sql"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"
import { Measurement, variants } from "./Measurement.ts"

const scripts = { pipeline: "bench/ingestPipeline.ts", "straight-line": "bench/ingestStraightLine.ts" } as const
const mockPort = 18_002

export class RunFailed extends Schema.TaggedError<RunFailed>()("RunFailed", { message: Schema.String }) {}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Measurement))

export const ingest = Command.make(
  "ingest",
  {
    folder: Flag.Directory("folder", { mustExist: true }),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(1)),
    only: Flag.Literals("only", variants).pipe(Flag.optional),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.ingest")(function*({ folder, json, only, rounds }) {
    const url = yield* embeddingsUrl
    const run = Effect.fnUntraced(function*(variant: Measurement["variant"]) {
      const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
      const fs = yield* FileSystem.FileSystem
      // On the disk where data lives: a temporary folder may be in memory, where nothing is durable.
      const dataDir = yield* fs.makeTempDirectoryScoped({ directory: ".", prefix: ".accessa-bench-" })
      const child = yield* spawner.spawn(
        ChildProcess.make("node", [scripts[variant], folder], {
          env: {
            PARSER: "local",
            WORKER_HEALTH_PORT: String(mockPort + 100),
            OPENAI_API_URL: url,
            ACCESSA_DATA_DIR: dataDir,
            ...(yield* emptyDatabase)
          },
          extendEnv: true,
          stderr: "inherit"
        })
      )
      const output = yield* Stream.mkString(Stream.decodeText(child.stdout))
      const exitCode = yield* child.exitCode
      if (exitCode !== 0) {
        return yield* new RunFailed({
          message: `The run of ${scripts[variant]} ended with code ${exitCode}. Its output:\n${output.trim()}`
        })
      }
      const measurement = yield* decode(output.trim())
      yield* Console.log(json ? JSON.stringify(measurement) : measurement)
      return measurement
    }, Effect.scoped)

    const ratios: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      if (Option.isSome(only)) {
        yield* run(only.value)
      } else {
        const straightLine = yield* run("straight-line")
        const pipeline = yield* run("pipeline")
        ratios.push(pipeline.docs_per_s / straightLine.docs_per_s)
      }
    }
    if (ratios.length === 0) return
    const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0
    yield* Console.log(json ? JSON.stringify({ ratio: median }) : `pipeline / straight line: ${median.toFixed(2)}`)
  }, Effect.scoped)
)

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
