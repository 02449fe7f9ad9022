/**
 * `pnpm bench dashboard`: ingestion while a session looks at the dashboard, alternating with none. The API runs in both cases; a
 * session asks it what an open Overview and its neighbours ask, as often as they do.
 */
import { Console, Effect, FileSystem, Schedule, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest } from "effect/http"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { embeddingsUrl, emptyDatabase, RunFailed } from "./child.ts"
import { Measurement } from "./Measurement.ts"

const apiPort = 18_204

/** Route and seconds between two requests, as the pages have them. */
const asked = [
  ["overview", 2],
  ["alerts?which=all", 3],
  ["operations/jobs?limit=50", 5],
  ["failures", 5],
  ["operations/held", 5],
  ["costs", 10],
  ["capacity", 15]
] as const

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Measurement))

export const dashboard = Command.make(
  "dashboard",
  {
    folder: Flag.Directory("folder", { mustExist: true }),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(5)),
    sessions: Flag.Int("sessions").pipe(Flag.withDefault(1))
  },
  Effect.fn("bench.dashboard")(function*({ folder, rounds, sessions }) {
    const openai = yield* embeddingsUrl
    const ratios: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      // The first of a pair finds colder caches: each variant is the first in every other round.
      const counts = round % 2 === 0 ? [0, sessions] : [sessions, 0]
      const speeds = new Map<number, number>()
      for (const count of counts) speeds.set(count, (yield* ingestWith(folder, openai, count)).docs_per_s)
      ratios.push((speeds.get(sessions) ?? 0) / (speeds.get(0) ?? 1))
      yield* Console.log(
        `without ${speeds.get(0)}, with ${speeds.get(sessions)} documents/s: ${ratios.at(-1)?.toFixed(3)}`
      )
    }
    const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0
    yield* Console.log(`with ${sessions} open / without: ${median.toFixed(3)}`)
  }, Effect.scoped)
)

const ingestWith = Effect.fnUntraced(function*(folder: string, openai: string, sessions: number) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const fs = yield* FileSystem.FileSystem
  const dataDir = yield* fs.makeTempDirectoryScoped({ directory: ".", prefix: ".accessa-bench-" })
  const env = {
    PARSER: "local",
    OPENAI_API_URL: openai,
    ACCESSA_DATA_DIR: dataDir,
    API_PORT: String(apiPort),
    WORKER_HEALTH_PORT: String(apiPort + 1),
    LOG_LEVEL: "Error",
    ...(yield* emptyDatabase)
  }
  yield* ChildProcess.make("node", ["src/bin/api.ts"], { env, extendEnv: true, stdout: "ignore", stderr: "inherit" })
  yield* HttpClient.get(`http://127.0.0.1:${apiPort}/health`).pipe(
    Effect.retry(Schedule.max([Schedule.spaced("200 millis"), Schedule.recurs(300)]))
  )
  const key = (yield* fs.readFileString(`${dataDir}/local-key`)).trim()
  const ask = (route: string, seconds: number) =>
    HttpClient.execute(
      HttpClientRequest.get(`http://127.0.0.1:${apiPort}/api/v1/${route}`).pipe(HttpClientRequest.bearerToken(key))
    ).pipe(
      Effect.flatMap(({ text }) => text),
      Effect.repeat(Schedule.spaced(`${seconds} seconds`)),
      Effect.forkScoped
    )
  for (let n = 0; n < sessions; n++) yield* Effect.forEach(asked, ([route, seconds]) => ask(route, seconds))
  const child = yield* spawner.spawn(
    ChildProcess.make("node", ["bench/ingestPipeline.ts", folder], { env, extendEnv: true, stderr: "inherit" })
  )
  const output = yield* Stream.mkString(Stream.decodeText(child.stdout))
  if ((yield* child.exitCode) !== 0) {
    return yield* new RunFailed({ message: `The ingestion failed. Its output:\n${output.trim()}` })
  }
  return yield* decode(output.trim())
}, Effect.scoped)
