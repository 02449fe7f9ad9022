import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Option, Stream } from "effect"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import { longText } from "../../../src/policy/limits.ts"
import { wholeText } from "../../../src/stages/text/parsedText.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"

const content = "Water damage is covered.\n"
const job = aClaim({ parsedPath: "parsed/a.md", parsedSha256: sha256(content) })
/** Its objects are said to have that many bytes. */
const storageOf = (bytes: number) =>
  Layer.mock(ObjectStorage, {
    stat: () => Effect.succeed(Option.some({ bytes })),
    get: () => Stream.make(new TextEncoder().encode(content))
  })

describe("a stored text", () => {
  it.effect("is read while it and the others in hand have at most 32 MB together, until they are done with", () =>
    Effect.gen(function*() {
      const leave = yield* Deferred.make<void>()
      let read = 0
      const use = wholeText(job).pipe(
        Effect.tap(() => Effect.sync(() => read++)),
        Effect.andThen(Deferred.await(leave)),
        Effect.scoped,
        Effect.forkChild({ startImmediately: true })
      )
      const fibers = [yield* use, yield* use, yield* use, yield* use, yield* use]
      yield* Effect.repeat(Effect.yieldNow, { times: 200 })
      assert.strictEqual(read, 4)
      const [, , , , waiting] = fibers
      if (waiting !== undefined) yield* Fiber.interrupt(waiting)
      yield* Deferred.succeed(leave, undefined)
      yield* Fiber.joinAll(fibers.slice(0, 4))
      assert.deepStrictEqual(yield* Effect.scoped(wholeText(job)), Option.some(content))
    }).pipe(Effect.provide(storageOf(longText))))

  it.effect("is not read as one string if it has more than 8 MB", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Effect.scoped(wholeText(job)), Option.none())
    }).pipe(Effect.provide(storageOf(longText + 1))))
})
