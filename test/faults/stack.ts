/** The processes that most cases start. */
import { Duration, Effect } from "effect"
import { hardStopAfter } from "../../src/policy/worker.ts"
import { Unexpected } from "./Case.ts"
import type { Process } from "./Process.ts"
import { startProxy } from "./Proxy.ts"
import { type Observer, watchStatements } from "./Statements.ts"
import { World } from "./World.ts"

/** For cases in which no lease may be lost: a busy machine may delay a heartbeat for seconds. */
export const longLease = { WORKER_LEASE_SECONDS: "10", WORKER_HEARTBEAT_SECONDS: "1" }

/** The mock OpenAI and a worker with the local parser. */
export const embeddingStack = Effect.fnUntraced(function*(settings: Readonly<Record<string, string>> = {}) {
  const { start } = yield* World
  yield* start("mock-openai", settings)
  return yield* start("worker", settings)
})

/** A worker that was asked to stop does so within its grace period, plus an allowance for a busy machine. */
export const untilStopped = (worker: Process) =>
  worker.exited.pipe(Effect.timeoutOrElse({
    duration: Duration.sum(hardStopAfter, Duration.seconds(20)),
    orElse: () => Effect.fail(new Unexpected({ message: "The worker is still running after its grace period." }))
  }))

/** A worker's settings where the parser is the mock LlamaParse: its callbacks go to the API, if that runs. */
export const hostedParser = Effect.map(World, ({ urls }) => ({
  PARSER: "llamaparse",
  LLAMAPARSE_API_URL: urls.llamaparse.href,
  PUBLIC_URL: urls.api.href
}))

/** Both mocks, the API if wanted, and a worker. */
export const fullStack = Effect.fnUntraced(function*(
  options: { readonly api?: boolean; readonly settings?: Readonly<Record<string, string>> } = {}
) {
  const { start } = yield* World
  const settings = { ...(yield* hostedParser), ...options.settings }
  yield* start("mock-openai", settings)
  yield* start("mock-llamaparse", settings)
  const api = options.api === true ? yield* start("api", settings) : undefined
  return { api, worker: yield* start("worker", settings), settings }
})

/** A proxy in front of the server, and the URL that goes through it. */
export const proxiedDatabase = Effect.gen(function*() {
  const { databaseUrl = "" } = yield* World
  const url = new URL(databaseUrl)
  const proxy = yield* startProxy(Number(url.port))
  url.port = String(proxy.port)
  let observer: Observer = {}
  // From the first byte, because a connection cannot be understood from its middle.
  yield* proxy.watch(watchStatements({
    before: (statement) => observer.before?.(statement),
    after: (statement) => observer.after?.(statement)
  }))
  const observe = (next: Observer) =>
    Effect.sync(() => {
      observer = next
    })
  return { proxy, settings: { DATABASE_URL: url.href }, observe }
})
