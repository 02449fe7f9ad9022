/**
 * `pnpm screenshots`: a stack of its own with a made-up day, and a picture of each page in docs/images. `--keep` leaves the stack
 * running instead, to look at while pages are changed.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Schedule } from "effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { DatabasePglite } from "../../layers/Postgres/pglite/Pglite.ts"
import { beat, fill } from "./fill.ts"
import { ask, ingest } from "./operate.ts"
import { pagesOf } from "./pages.ts"
import { takeShots } from "./shots.ts"
import { answers, apiUrl, environmentOf, monitorUrl, start, whileRunning } from "./stack.ts"

const images = fileURLToPath(new URL("../../docs/images", import.meta.url))
const examples = fileURLToPath(new URL("../../examples/documents", import.meta.url))

const keyIn = (dataDir: string) => readFileSync(join(dataDir, "local-key"), "utf8").trim()

const documents = readdirSync(examples).map((name) => join(examples, name))

const program = Effect.gen(function*() {
  const dataDir = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "accessa-pictures-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const env = environmentOf(dataDir)
  yield* start("api", env)
  yield* answers(`${apiUrl}/health`)
  yield* start("monitor", env)
  const key = keyIn(dataDir)
  const real = yield* whileRunning(
    "worker",
    env,
    whileRunning("mock-llamaparse", env, whileRunning("mock-openai", env, ingest(key, documents)))
  )
  yield* Effect.gen(function*() {
    yield* fill
    yield* Effect.forkScoped(Effect.repeat(beat, Schedule.spaced("2 seconds")))
    yield* start("mock-openai", env)
    yield* ask(key)
    yield* answers(monitorUrl)
    if (argv.includes("--keep")) {
      yield* Console.log(`${monitorUrl} with the key in ${dataDir}/local-key; Ctrl-C ends it.`)
      return yield* Effect.never
    }
    const shots = yield* pagesOf(key, real)
    yield* takeShots({ key, shots, folder: images, format: "webp" })
    yield* Console.log(`${shots.length * 4} pictures are in ${images}.`)
  }).pipe(Effect.provide(DatabasePglite({ dataDir })))
})

NodeRuntime.runMain(Effect.scoped(program).pipe(Effect.provide(NodeServices.layer)))
