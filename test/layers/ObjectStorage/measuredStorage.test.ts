import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric, Stream } from "effect"
import { TestClock } from "effect/testing"
import { measuredStorage } from "../../../layers/ObjectStorage/measuredStorage.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { PermanentError } from "../../../src/domain/ServiceError.ts"
import { ObjectStorageMemory } from "../../twins/ObjectStorageMemory.ts"

/** Count and sum of the calls with this operation and outcome. */
const seen = Effect.fnUntraced(function*(operation: string, outcome: string) {
  const found = (yield* Metric.snapshot).find(({ attributes = {}, id }) =>
    id === "accessa_provider_call_seconds" && attributes["dependency"] === "storage" &&
    attributes["operation"] === operation && attributes["outcome"] === outcome
  )
  return found?.type === "Histogram" ? { count: found.state.count, sum: found.state.sum } : { count: 0, sum: 0 }
})

const storageWith = Effect.fnUntraced(function*(get: ObjectStorage["Service"]["get"]) {
  return measuredStorage({ ...(yield* ObjectStorage), get })
})

describe("the measured storage", () => {
  it.effect("a read is measured up to its first bytes, however slowly they are taken", () =>
    Effect.gen(function*() {
      const bytes = Stream.fromEffect(Effect.as(Effect.sleep("2 seconds"), new Uint8Array(1)))
      const storage = yield* storageWith(() => Stream.concat(bytes, bytes))
      const before = yield* seen("get", "ok")
      const reader = yield* Effect.forkChild(
        storage.get("raw/a").pipe(Stream.runForEach(() => Effect.sleep("10 seconds")))
      )
      yield* TestClock.adjust("60 seconds")
      yield* Effect.exit(Effect.yieldNow)
      assert.isDefined(reader.pollUnsafe())
      const after = yield* seen("get", "ok")
      assert.strictEqual(after.count - before.count, 1)
      assert.closeTo(after.sum - before.sum, 2, 0.01)
    }).pipe(Effect.provide(ObjectStorageMemory)))

  it.effect("a read that fails counts once, with the class of its error", () =>
    Effect.gen(function*() {
      const missing = new PermanentError({ code: "RAW_MISSING", message: "It is not there." })
      const storage = yield* storageWith(() => Stream.fail(missing))
      const before = yield* seen("get", "permanent")
      yield* Effect.exit(Stream.runDrain(storage.get("raw/a")))
      assert.strictEqual((yield* seen("get", "permanent")).count - before.count, 1)
    }).pipe(Effect.provide(ObjectStorageMemory)))
})
