/**
 * `pnpm bench dashboard`: ingestion while the dashboard is open, alternating with ingestion while it is closed. The API and the
 * monitor run in both cases.
 */
import { Console, Effect, FileSystem, Option, Ref, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { embeddingsUrl, emptyDatabase, medianOf, printed, requireServer } from "./child.ts"
import { openDashboard, otherPages } from "./dashboard/openDashboard.ts"
import { freePort } from "./freePort.ts"
import { makeDocuments } from "./makeDocuments.ts"
import { Measurement } from "./Measurement.ts"
import { cpuOf, startProgram } from "./startProgram.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Measurement))

/** Of each round: with the dashboard open in proportion to without. */
const compared = {
  "documents/s": ({ docs_per_s }: Run) => docs_per_s,
  "CPU of the pipeline": ({ cpu_s }: Run) => cpu_s,
  "CPU of Postgres": ({ postgres_cpu_s = 0 }: Run) => postgres_cpu_s,
  "CPU of all": ({ cpu_s, postgres_cpu_s = 0, serving_cpu_s }: Run) => cpu_s + postgres_cpu_s + serving_cpu_s
}

interface Run extends Measurement {
  /** Of API and monitor, while documents were processed. */
  readonly serving_cpu_s: number
  /** That the dashboard got. */
  readonly answers: number
}

export const dashboard = Command.make(
  "dashboard",
  {
    documents: Flag.Int("documents").pipe(Flag.withDefault(2_000)),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(5)),
    pages: Flag.Literals("pages", ["overview", "all"]).pipe(
      Flag.withDescription("What is open: the Overview, or each page in a tab of its own"),
      Flag.withDefault("overview")
    )
  },
  Effect.fn("bench.dashboard")(function*({ documents, pages, rounds }) {
    yield* requireServer
    const openai = yield* embeddingsUrl
    const folder = yield* makeDocuments(documents, 10_000)
    const pairs: Array<{ readonly closed: Run; readonly open: Run }> = []
    for (let round = 0; round < rounds; round++) {
      const closedRun = ingest(folder, openai, Option.none())
      const openRun = ingest(folder, openai, Option.some(pages === "all" ? otherPages : []))
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

const ingest = Effect.fnUntraced(function*(
  folder: string,
  openai: string,
  open: Option.Option<Parameters<typeof openDashboard>[2]>
) {
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
  const serving = [
    yield* startProgram("src/bin/api.ts", apiPort, env),
    yield* startProgram("src/bin/monitor.ts", monitorPort, env)
  ]
  const key = (yield* fs.readFileString(`${dataDir}/local-key`)).trim()
  const answers = yield* Ref.make(0)
  const before = yield* cpuOf(serving)
  const measurement = yield* Effect.raceFirst(
    Effect.flatMap(printed(["bench/ingestPipeline.ts", folder], env), decode),
    Option.match(open, {
      onNone: () => Effect.never,
      onSome: (pages) =>
        Effect.andThen(openDashboard(`http://127.0.0.1:${monitorPort}`, key, pages, answers), Effect.never)
    })
  )
  const run: Run = {
    ...measurement,
    serving_cpu_s: (yield* cpuOf(serving)) - before,
    answers: yield* Ref.get(answers)
  }
  return run
}, Effect.scoped)
