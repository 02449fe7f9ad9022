/** The exercises of docs/training.md that play a scenario: what each promises its reader, with the file that it names. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer as suite } from "@effect/vitest"
import { Effect, FileSystem, Layer, References } from "effect"
import { Alerts } from "../../services/Alerts.ts"
import { Circuits } from "../../services/Circuits.ts"
import type { NewDocument } from "../../services/Documents.ts"
import type { Job } from "../../src/domain/Job.ts"
import { databases } from "../support/databases/Databases.ts"
import { ledgerOf } from "../support/databases/records.ts"
import { someone, stores, upload } from "../support/databases/stores.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { hurry, waitUntil } from "./observe.ts"
import { assertComplete, assertFailed, boughtSince, retry } from "./outcomes.ts"
import { textOf } from "./textOf.ts"
import { callbacksOverHttp, CallbackUrl, Mocks, vendorsOverHttp } from "./vendorsOverHttp.ts"
import { workerHere } from "./worker.ts"

const play = Effect.fnUntraced(function*(name: string) {
  const fs = yield* FileSystem.FileSystem
  const mocks = yield* Mocks
  yield* mocks.play(yield* fs.readFileString(`examples/scenarios/${name}.yml`))
})

const stop = Effect.flatMap(Mocks, ({ play }) => play("name: none"))

const search = Effect.fnUntraced(function*(query: string) {
  const api = yield* CallbackUrl
  const headers = { authorization: `Bearer ${keyOf("user")}`, "content-type": "application/json" }
  return yield* Effect.promise(async () => {
    const body = JSON.stringify({ query })
    return (await fetch(new URL("/api/v1/search", api), { method: "POST", headers, body })).json()
  })
})

/** As often as the waits for a retry would allow, but sooner. */
const soon = <A, E, R>(jobs: ReadonlyArray<Job>, self: Effect.Effect<A, E, R>) =>
  Effect.raceFirst(self, Effect.forever(Effect.delay(Effect.forEach(jobs, hurry), "300 millis")))

for (const { layer, name } of databases) {
  const all = workerHere.pipe(
    Layer.provideMerge(callbacksOverHttp),
    Layer.provideMerge(vendorsOverHttp.pipe(Layer.provideMerge(stores), Layer.provideMerge(layer))),
    Layer.provideMerge(NodeServices.layer),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  suite(all, { excludeTestServices: true, timeout: "1 minute" })(`the training on ${name}`, (it) => {
    it.effect("on a flaky morning every document completes, and what was lost on the way is in the ledger", () =>
      Effect.gen(function*() {
        yield* play("flaky-morning")
        const words = ["apples", "bananas", "cherries", "dates", "elderberries"]
        const { vectors } = yield* boughtSince(Effect.gen(function*() {
          const jobs = yield* Effect.forEach(words, (word) => upload(textOf(word)))
          yield* soon(jobs, Effect.forEach(jobs, assertComplete, { concurrency: "unbounded" }))
          const ledgers = yield* Effect.forEach(jobs, ({ jobId }) => ledgerOf(jobId))
          for (const { announced, lost } of ledgers) {
            assert.strictEqual(announced.calls, 0)
            assert.isAtMost(lost.calls, 2)
          }
        }))
        assert.isAtLeast(vectors, 15)
      }))

    it.effect("when both providers refuse, jobs wait for the parser, the search says why, and a reset resumes them", () =>
      Effect.gen(function*() {
        const [alerts, circuits] = [yield* Alerts, yield* Circuits]
        yield* play("outage")
        const jobs = yield* Effect.forEach(["figs", "grapes"], (word) => upload(textOf(word)))
        for (const job of jobs) {
          const parked = yield* waitUntil(job, "parked", ({ lastError }) => lastError?.code === "PARSER_AUTH")
          assert.deepInclude(parked, { status: "uploaded", retryCount: 0 })
        }
        const refused = yield* search("burst pipe")
        assert.deepInclude(refused, { status: 503, code: "EMBED_QUOTA" })
        const halted = (yield* circuits.list).filter(({ state }) => state === "halted")
        assert.sameMembers(halted.map(({ dependency }) => dependency), ["embedder", "parser"])
        assert.sameMembers((yield* alerts.list({ which: "open" })).map(({ code }) => code), [
          "EMBED_QUOTA",
          "PARSER_AUTH"
        ])

        yield* stop
        for (const dependency of ["parser", "embedder"] as const) {
          yield* circuits.reset(dependency, { ...someone, reason: "The exercise is over." })
        }
        for (const job of jobs) yield* assertComplete(job)
        assert.lengthOf(yield* alerts.list({ which: "open" }), 0)
      }))

    it.effect("of documents that no retry can save, each says why, and the others complete", () =>
      Effect.gen(function*() {
        yield* play("bad-documents")
        const send = (word: string, fields: Partial<NewDocument>) => upload(textOf(word), fields)
        const policy = yield* assertFailed(
          yield* send("hazel", { filename: "policy.pdf" }),
          "failed_parse",
          "ENCRYPTED"
        )
        assert.strictEqual(policy.lastError?.kept, "The uploaded file.")
        yield* assertComplete(yield* send("ivy", { filename: "notes.md" }))
        yield* assertFailed(yield* send("juniper", { filename: "letter.md" }), "failed_parse", "NO_TEXT")
        yield* retry(policy)
        yield* assertFailed(policy, "failed_parse", "PARSE_CORRUPT")
        yield* stop
        yield* retry(policy)
        yield* assertComplete(policy)
      }))
  })
}
