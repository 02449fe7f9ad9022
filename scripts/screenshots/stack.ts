/** The stack that the pictures are taken of, as processes of its own: they are stopped when the scope closes. */
import { Effect, Schedule, Schema, type Scope } from "effect"
import { spawn } from "node:child_process"
import { openSync } from "node:fs"
import { join } from "node:path"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

export class StackFailed extends Schema.TaggedError<StackFailed>()("StackFailed", { message: Schema.String }) {}

const ports = { api: 18_000, llamaparse: 18_001, openai: 18_002, worker: 18_003, monitor: 18_004 }
export const apiUrl = `http://127.0.0.1:${ports.api}`
export const monitorUrl = `http://127.0.0.1:${ports.monitor}`

export const environmentOf = (dataDir: string): Record<string, string> => ({
  ACCESSA_DATA_DIR: dataDir,
  API_PORT: String(ports.api),
  MOCK_LLAMAPARSE_PORT: String(ports.llamaparse),
  MOCK_OPENAI_PORT: String(ports.openai),
  WORKER_HEALTH_PORT: String(ports.worker),
  MONITOR_PORT: String(ports.monitor),
  API_URL: apiUrl,
  DATABASE_LIMIT_GB: "2",
  TRACE_URL_TEMPLATE: "http://127.0.0.1:16686/trace/{trace_id}"
})

const program = (name: string) => fileURLToPath(new URL(`../../src/bin/${name}.ts`, import.meta.url))

/** Runs until the scope closes. */
export const start = Effect.fnUntraced(function*(name: string, env: Record<string, string>) {
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const log = openSync(join(env["ACCESSA_DATA_DIR"] ?? ".", "..", "accessa-pictures.log"), "a")
      const child = spawn(execPath, [program(name)], {
        env,
        stdio: ["ignore", log, log]
      })
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
      return { child, ended }
    }),
    ({ child, ended }) =>
      Effect.promise(() => {
        child.kill("SIGTERM")
        return ended
      })
  )
})

export const answers = (url: string) =>
  Effect.tryPromise(async () => (await fetch(url)).status < 500).pipe(
    Effect.filterOrFail((ok) => ok, () => new StackFailed({ message: `${url} is not ready.` })),
    Effect.retry(Schedule.spaced("200 millis")),
    Effect.timeoutOrElse({
      duration: "60 seconds",
      orElse: () => Effect.fail(new StackFailed({ message: `${url} did not answer in 60 s.` }))
    })
  )

/** Closes before the rest: what it does in the background would change the picture. */
export const whileRunning = <A, E, R>(name: string, env: Record<string, string>, work: Effect.Effect<A, E, R>) =>
  Effect.scoped(Effect.andThen(start(name, env), work)).pipe(
    Effect.withSpan(`screenshots.${name}`)
  ) satisfies Effect.Effect<A, E, Exclude<R, Scope.Scope>>
