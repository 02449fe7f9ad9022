/** Servers that a benchmark starts in processes of their own. */
import { Effect, FileSystem, Schedule } from "effect"
import { HttpClient } from "effect/http"
import { ChildProcess } from "effect/process"

/** Returns its process id once its health endpoint answers. */
export const startProgram = Effect.fnUntraced(function*(
  script: string,
  port: string,
  env: Readonly<Record<string, string>>
) {
  const options = { env, extendEnv: true, stdout: "ignore", stderr: "inherit" } as const
  const { pid } = yield* ChildProcess.make("node", ["--max-semi-space-size=16", "--no-wasm-code-gc", script], options)
  yield* HttpClient.get(`http://127.0.0.1:${port}/health`).pipe(
    Effect.retry(Schedule.max([Schedule.spaced("200 millis"), Schedule.recurs(300)]))
  )
  return pid
})

/** Of these processes together, in seconds since their start. */
export const cpuOf = Effect.fnUntraced(function*(pids: ReadonlyArray<number>) {
  const fs = yield* FileSystem.FileSystem
  const stats = yield* Effect.forEach(pids, (pid) => fs.readFileString(`/proc/${pid}/stat`))
  const ticks = stats.map((stat) => stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number))
  return ticks.flat().reduce((sum, each) => sum + each, 0) / ticksPerSecond
})

const ticksPerSecond = 100
