/**
 * `pnpm bench dashboard`: ingestion while the dashboard is open, alternating with ingestion while it is closed. The API and the
 * monitor run in both cases.
 */
import { Console, Effect, FileSystem, Ref, Schedule, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient } from "effect/http"
import { ChildProcess } from "effect/process"
import { embeddingsUrl, emptyDatabase, medianOf, printed, requireServer } from "./child.ts"
import { openDashboard } from "./dashboard/openDashboard.ts"
import { freePort } from "./freePort.ts"
import { makeDocuments } from "./makeDocuments.ts"
import { Measurement } from "./Measurement.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Measurement))

/** Of each round: with the dashboard open in proportion to without. */
const compared = {
  "documents/s": ({ docs_per_s }: Measurement) => docs_per_s,
  "CPU of the pipeline": ({ cpu_s }: Measurement) => cpu_s,
  "CPU of Postgres": ({ postgres_cpu_s = 0 }: Measurement) => postgres_cpu_s
}

export const dashboard = Command.make(
  "dashboard",
  {
    documents: Flag.Int("documents").pipe(Flag.withDefault(2_000)),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(5)),
    sessions: Flag.Int("sessions").pipe(Flag.withDescription("Browsers with it open"), Flag.withDefault(1))
  },
  Effect.fn("bench.dashboard")(function*({ documents, rounds, sessions }) {
    yield* requireServer
    const openai = yield* embeddingsUrl
    const folder = yield* makeDocuments(documents, 10_000)
    const pairs: Array<{ readonly closed: Measurement; readonly open: Measurement }> = []
    for (let round = 0; round < rounds; round++) {
      const closedRun = ingest(folder, openai, 0)
      const openRun = ingest(folder, openai, sessions)
      // The first of a pair finds colder caches: each is the first in every other round.
      const pair = round % 2 === 0
        ? yield* Effect.all({ closed: closedRun, open: openRun })
        : yield* Effect.all({ open: openRun, closed: closedRun })
      pairs.push(pair)
      yield* Console.log(JSON.stringify(pair))
    }
    for (const [name, read] of Object.entries(compared)) {
      const ratios = pairs.map(({ closed, open }) => read(open) / read(closed))
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(3))
      yield* Console.log(`${name}, open / closed: ${medianOf(ratios).toFixed(3)} (${least} to ${most})`)
    }
  }, Effect.scoped)
)

const ingest = Effect.fnUntraced(function*(folder: string, openai: string, sessions: number) {
  const fs = yield* FileSystem.FileSystem
  const dataDir = yield* fs.makeTempDirectoryScoped({ directory: ".", prefix: ".accessa-bench-" })
  const port = Effect.map(freePort, String)
  const [apiPort, monitorPort, healthPort] = yield* Effect.all([port, port, port])
  const env = {
    PARSER: "local",
    OPENAI_API_URL: openai,
    ACCESSA_DATA_DIR: dataDir,
    API_PORT: apiPort,
    API_URL: `http://127.0.0.1:${apiPort}`,
    MONITOR_PORT: monitorPort,
    WORKER_HEALTH_PORT: healthPort,
    LOG_LEVEL: "Error",
    ...(yield* emptyDatabase)
  }
  const start = Effect.fnUntraced(function*(program: string, port: string) {
    const options = { env, extendEnv: true, stdout: "ignore", stderr: "inherit" } as const
    yield* ChildProcess.make("node", [`src/bin/${program}.ts`], options)
    yield* HttpClient.get(`http://127.0.0.1:${port}/health`).pipe(
      Effect.retry(Schedule.max([Schedule.spaced("200 millis"), Schedule.recurs(300)]))
    )
  })
  yield* start("api", apiPort)
  yield* start("monitor", monitorPort)
  const key = (yield* fs.readFileString(`${dataDir}/local-key`)).trim()
  const answers = yield* Ref.make(0)
  const open = Array.from({ length: sessions }, () => openDashboard(`http://127.0.0.1:${monitorPort}`, key, answers))
  const measurement = yield* Effect.raceFirst(
    Effect.flatMap(printed(["bench/ingestPipeline.ts", folder], env), decode),
    Effect.andThen(Effect.all(open, { concurrency: "unbounded" }), Effect.never)
  )
  yield* Console.log(`${sessions} open: ${yield* Ref.get(answers)} answers, ${measurement.docs_per_s} documents/s`)
  return measurement
}, Effect.scoped)
