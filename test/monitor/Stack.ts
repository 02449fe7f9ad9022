/** A whole stack as users start it, and a second API on its database. */
import { Context, Effect, FileSystem, Layer, type Scope } from "effect"
import { cwd } from "node:process"
import { freePort } from "../faults/PostgresPlace.ts"
import { type Process, startProcess } from "../faults/Process.ts"
import { copyPgliteTemplate } from "../support/databases/PgliteCopy.ts"

const damagedOnce = "name: damaged once\nllamaparse:\n  - { on: job, fail: PDF_IS_BROKEN }\n"

export class Stack extends Context.Service<Stack, {
  /** Of the stack's own dashboard. */
  readonly dashboard: URL
  /** Its API, which is not stopped. */
  readonly api: URL
  readonly key: string
  /** The parser calls the next document damaged; all others, and its retry, go well. */
  readonly damageNext: Effect.Effect<void>
  /** Another API on the same database, always at this address. */
  readonly second: URL
  readonly startSecond: Effect.Effect<Process, unknown, Scope.Scope>
}>()("accessa/test/monitor/Stack") {}

export const stack = Layer.effect(
  Stack,
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-dashboard-" })
    yield* copyPgliteTemplate(`${directory}/data/data`)
    const [api, monitor, llamaparse, openai, worker, second] = yield* Effect.all(
      Array.from({ length: 6 }, () => freePort)
    )
    const at = (port: number | undefined) => new URL(`http://127.0.0.1:${port}`)
    const env = {
      HOME: directory,
      ACCESSA_DATA_DIR: `${directory}/data`,
      API_PORT: String(api),
      API_URL: at(api).href,
      MONITOR_PORT: String(monitor),
      MOCK_LLAMAPARSE_PORT: String(llamaparse),
      MOCK_OPENAI_PORT: String(openai),
      WORKER_HEALTH_PORT: String(worker),
      MOCK_LLAMAPARSE_DELAY: "0.3"
    }
    const start = (program: "start" | "api", settings: Readonly<Record<string, string>>, health: URL) =>
      startProcess({
        program,
        directory: cwd(),
        env: { ...env, ...settings },
        logFile: `${directory}/${program}.log`,
        health
      })
    yield* start("start", {}, new URL("/health/ready", at(api)))
    const key = (yield* fs.readFileString(`${directory}/data/local-key`)).trim()
    return Stack.of({
      dashboard: at(monitor),
      api: at(api),
      key,
      damageNext: Effect.promise(() =>
        fetch(new URL("/mock/scenario", at(llamaparse)), { method: "PUT", body: damagedOnce }).then(() => undefined)
      ),
      second: at(second),
      startSecond: start("api", { API_PORT: String(second) }, new URL("/health", at(second)))
    })
  })
)
