/** What an object storage over HTTP does when its server breaks off, hangs or goes silent, as a suite over a stub of it. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Option, Schedule, type Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { answersWith, type Interceptable } from "../../support/stubs/answersWith.ts"
import type { StubBehaviour, StubEvents } from "../../support/stubs/HttpStub.ts"

interface Server extends Interceptable {
  readsOn: NonNullable<StubEvents["readsOn"]>
}

interface Opened {
  readonly stub: Server
  readonly storage: ObjectStorage["Service"]
}

const path = "raw/user/document.pdf"
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))

/** Whatever its deadline is, it is over then; what is sent to the stub meanwhile is really sent. */
const timePasses = TestClock.adjust("31 seconds").pipe(
  Effect.andThen(Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))),
  Effect.forever
)

export const outageSpecification = <E>(name: string, opened: Effect.Effect<Opened, E, Scope.Scope>) =>
  describe(`the outages of ${name}`, () => {
    it.effect(`${name} fails when a download breaks off within the object`, () =>
      Effect.gen(function*() {
        const { storage, stub } = yield* opened
        stub.intercept = () => "cut"
        const error = yield* Effect.flip(Stream.runDrain(storage.get(path)))
        assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_UNAVAILABLE"])
      }))

    it.effect.each<[string, StubBehaviour]>([
      ["an answer", "hang"],
      ["the rest of an object", "stall"]
    ])(`${name} fails if %s does not arrive in time`, ([, behaviour]) =>
      Effect.gen(function*() {
        const { storage, stub } = yield* opened
        const asked = yield* answersWith(stub, behaviour)
        const begun = yield* Deferred.make<void>()
        const reading = Stream.runForEach(storage.get(path), () => Deferred.succeed(begun, undefined))
        const fiber = yield* Effect.forkChild(Effect.flip(reading))
        yield* Deferred.await(behaviour === "stall" ? begun : asked)
        yield* TestClock.adjust("30 seconds")
        const error = yield* Fiber.join(fiber)
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
      }))

    it.effect(`${name} fails half a minute after a small object was sent to a server that hangs`, () =>
      Effect.gen(function*() {
        const { storage, stub } = yield* opened
        const asked = yield* answersWith(stub, "hang")
        const fiber = yield* Effect.forkChild(Effect.flip(storage.put(path, text("x"), "application/pdf")))
        yield* Deferred.await(asked)
        yield* TestClock.adjust("31 seconds")
        const error = yield* Fiber.join(fiber)
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
      }))

    it.effect(`${name} fails in time if the server stops reading in the middle of an object, of which nothing stays`, () =>
      Effect.gen(function*() {
        const { storage, stub } = yield* opened
        const stopped = yield* Deferred.make<void>()
        stub.readsOn = () => {
          Deferred.doneUnsafe(stopped, Effect.void)
          return false
        }
        // More than the connection can hold.
        const endless = Stream.repeat(Stream.succeed(new Uint8Array(262_144)), Schedule.forever)
        const fiber = yield* Effect.forkChild(Effect.flip(storage.put(path, endless, "application/pdf")))
        yield* Deferred.await(stopped)
        const error = yield* Effect.raceFirst(Fiber.join(fiber), timePasses)
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
        stub.readsOn = () => true
        assert.deepStrictEqual(yield* storage.stat(path), Option.none())
        yield* storage.put(path, text("whole"), "application/pdf")
        assert.strictEqual(yield* Stream.mkString(Stream.decodeText(storage.get(path))), "whole")
      }))

    it.effect(`${name} waits as long as it takes for an upload whose client is slow`, () =>
      Effect.gen(function*() {
        const { storage } = yield* opened
        const rest = yield* Deferred.make<void>()
        const begun = yield* Deferred.make<void>()
        const slow = Stream.concat(
          text("first, "),
          Stream.fromEffect(Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(rest))).pipe(
            Stream.flatMap(() => text("and last"))
          )
        )
        const fiber = yield* Effect.forkChild(storage.put(path, slow, "text/plain"))
        yield* Deferred.await(begun)
        yield* TestClock.adjust("2 hours")
        yield* Deferred.succeed(rest, undefined)
        assert.deepStrictEqual(yield* Fiber.join(fiber), { bytes: 15 })
        assert.strictEqual(yield* Stream.mkString(Stream.decodeText(storage.get(path))), "first, and last")
      }))
  })
