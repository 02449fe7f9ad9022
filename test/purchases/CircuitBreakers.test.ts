import { it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { Circuits } from "../../services/Circuits.ts"
import { type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { haltedFor, openFor, probe } from "../../src/policy/circuits.ts"
import { CircuitBreakers } from "../../src/purchases/CircuitBreakers.ts"
import { Probes } from "../../src/purchases/Probes.ts"
import { ProbeAnswers } from "../support/builders/circuits.ts"
import {
  aWorker,
  broken,
  calling,
  denied,
  failingLater,
  failWith,
  news,
  openAlerts,
  operator,
  stateOf,
  surroundings
} from "./workers.ts"

describe("circuits", () => {
  it.effect(
    "circuits are halted for every worker if the probe is refused, too, with one alert, and close when "
      + "a probe succeeds",
    () =>
      Effect.gen(function*() {
        const [one, two] = [yield* aWorker("one"), yield* aWorker("two")]
        const { failing } = yield* ProbeAnswers
        failing.set("embedder", denied("EMBED_AUTH", "embedder"))
        const error = yield* failWith(one, denied("EMBED_AUTH", "embedder"))
        assert.deepInclude(error, { _tag: "RecoverableError", code: "EMBED_AUTH" })
        yield* news
        const { call, calls } = calling()
        for (const worker of [one, two, one, two]) {
          const refused = yield* Effect.flip(worker.guard(["embedder"], call))
          assert.deepInclude(refused, { _tag: "RecoverableError", code: "EMBED_AUTH", dependency: "embedder" })
        }
        assert.strictEqual(calls.made, 0)
        assert.deepStrictEqual((yield* openAlerts).map(({ count, key }) => [key, count]), [
          ["embedder:EMBED_AUTH", 1]
        ])
        assert.strictEqual(yield* stateOf("embedder"), "halted")

        yield* TestClock.adjust(haltedFor)
        yield* news
        assert.strictEqual(yield* stateOf("embedder"), "halted", "the probe is still refused")
        failing.clear()
        yield* TestClock.adjust(haltedFor)
        yield* news
        for (const worker of [one, two]) yield* worker.guard(["embedder"], call)
        assert.strictEqual(calls.made, 2)
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("circuits are tripped for every worker by one failed call if the probe fails too, and leave the other circuits closed", () =>
    Effect.gen(function*() {
      const [one, two] = [yield* aWorker("one"), yield* aWorker("two")]
      const { asked, failing } = yield* ProbeAnswers
      failing.set("embedder", broken)
      yield* failWith(one, broken)
      yield* news
      const { call, calls } = calling()
      assert.deepInclude(yield* Effect.flip(two.guard(["embedder"], call)), { code: "EMBED_UNAVAILABLE" })
      yield* two.guard(["parser"], call)
      const before = asked.length
      yield* TestClock.adjust(openFor(1))
      yield* news
      assert.strictEqual(asked.length, before + 1, "one of the workers makes the next probe")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(one.guard(["embedder"], call))))
      failing.clear()
      yield* TestClock.adjust(openFor(2))
      yield* news
      yield* two.guard(["embedder"], call)
      assert.strictEqual(calls.made, 2)
    }).pipe(Effect.provide(surroundings)))

  it.effect("stay closed however many calls fail as long as the probe succeeds", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const errors = [
        broken,
        new TransientError({ code: "PARSER_FAILED", message: "FAILED", dependency: "parser" }),
        new TransientError({ code: "PARSER_TIMEOUT", message: "late", dependency: "parser" })
      ]
      for (let n = 0; n < 60; n++) {
        const error = errors[n % errors.length] ?? broken
        assert.strictEqual(yield* failWith(worker, error), error, "each call keeps its own failure")
        yield* TestClock.adjust(probe.believed)
      }
      const { call, calls } = calling()
      yield* worker.guard(["parser", "embedder"], call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("stay closed if one call is refused and the probe is not: the refusal is transient", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const error = yield* failWith(worker, denied("PARSER_QUOTA", "parser"))
      assert.deepInclude(error, { _tag: "TransientError", code: "PARSER_QUOTA", message: "The key is refused." })
      assert.strictEqual(yield* stateOf("parser"), "closed")
    }).pipe(Effect.provide(surroundings)))

  it.effect("make one probe however many calls fail at once", () =>
    Effect.gen(function*() {
      const answer = yield* Deferred.make<void, ServiceError>()
      let asked = 0
      const slow = Layer.succeed(Probes, {
        ask: () =>
          Effect.suspend(() => {
            asked++
            return Deferred.await(answer)
          })
      })
      const context = yield* Layer.build(
        CircuitBreakers.layerWithProbes("worker:one").pipe(Layer.provide(slow))
      )
      const worker = Context.get(context, CircuitBreakers)
      const failures = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 50 }), () => failWith(worker, broken), { concurrency: "unbounded" })
      )
      yield* news
      yield* Deferred.fail(answer, broken)
      assert.isTrue((yield* Fiber.join(failures)).every(({ _tag }) => _tag === "RecoverableError"))
      assert.strictEqual(asked, 1)
      const [alert] = yield* openAlerts
      assert.strictEqual(alert?.count, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("circuits are closed for every worker by an operator's reset", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const { reset } = yield* Circuits
      const { failing } = yield* ProbeAnswers
      failing.set("parser", denied("PARSER_QUOTA", "parser"))
      yield* failWith(worker, denied("PARSER_QUOTA", "parser"))
      yield* reset("parser", operator)
      yield* news
      const { call, calls } = calling()
      yield* worker.guard(["parser"], call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("circuits are not halted by a call that was admitted before an operator's reset and is refused after it", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const { reset } = yield* Circuits
      const { asked, failing } = yield* ProbeAnswers
      const refused = denied("EMBED_AUTH", "embedder")
      failing.set("embedder", refused)
      const late = yield* failingLater(worker, refused)
      yield* failWith(worker, refused)
      assert.strictEqual(yield* stateOf("embedder"), "halted")
      yield* reset("embedder", operator)
      yield* news
      const probesBefore = asked.length
      assert.strictEqual(yield* late, refused, "it parks the job, and blames no text")
      assert.lengthOf(asked, probesBefore, "no probe is made for it")
      assert.strictEqual(yield* stateOf("embedder"), "closed")
      assert.lengthOf((yield* openAlerts).filter(({ count }) => count > 1), 0)
      yield* failWith(worker, refused)
      assert.strictEqual(yield* stateOf("embedder"), "halted", "a call that was admitted after the reset is evidence")
    }).pipe(Effect.provide(surroundings)))

  it.effect("circuits are not tripped by a call that was admitted before they opened and closed again", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const { asked, failing } = yield* ProbeAnswers
      const late = yield* failingLater(worker, broken)
      failing.set("embedder", broken)
      yield* failWith(worker, broken)
      failing.clear()
      yield* TestClock.adjust(openFor(1))
      yield* news
      assert.strictEqual(yield* stateOf("embedder"), "closed")
      failing.set("embedder", broken)
      const probesBefore = asked.length
      yield* TestClock.adjust(probe.believed)
      assert.strictEqual(yield* late, broken)
      assert.lengthOf(asked, probesBefore, "no probe is made for it")
      assert.strictEqual(yield* stateOf("embedder"), "closed")
    }).pipe(Effect.provide(surroundings)))

  it.effect("circuits are not halted by a probe that began before an operator's reset, and are read anew", () =>
    Effect.gen(function*() {
      const answer = yield* Deferred.make<void, ServiceError>()
      const [other, { reset }] = [yield* aWorker("other"), yield* Circuits]
      const { failing } = yield* ProbeAnswers
      const slow = Layer.succeed(Probes, { ask: () => Deferred.await(answer) })
      const worker = Context.get(
        yield* Layer.build(CircuitBreakers.layerWithProbes("worker:one").pipe(Layer.provide(slow))),
        CircuitBreakers
      )
      const refused = denied("EMBED_AUTH", "embedder")
      const failure = yield* Effect.forkChild(failWith(worker, refused), { startImmediately: true })
      failing.set("embedder", refused)
      yield* failWith(other, refused)
      yield* reset("embedder", operator)
      yield* Deferred.fail(answer, refused)
      assert.strictEqual(yield* Fiber.join(failure), refused, "it parks the job, and blames no text")
      assert.strictEqual(yield* stateOf("embedder"), "closed")
      const { call, calls } = calling()
      yield* worker.guard(["embedder"], call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("refuse a call that needs several dependencies if one of them is not closed", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const { failing } = yield* ProbeAnswers
      failing.set("storage", denied("STORAGE_DENIED", "storage"))
      yield* failWith(worker, denied("STORAGE_DENIED", "storage"))
      const { call, calls } = calling()
      assert.isTrue(Exit.isFailure(yield* Effect.exit(worker.guard(["parser", "storage"], call))))
      yield* worker.guard(["parser"], call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("stay closed however often a dependency limits our rate", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const { asked } = yield* ProbeAnswers
      const limited = new TransientError({ code: "EMBED_RATE_LIMITED", message: "429", dependency: "embedder" })
      for (let n = 0; n < 20; n++) yield* failWith(worker, limited)
      const { call, calls } = calling()
      yield* worker.guard(["embedder"], call)
      assert.strictEqual(calls.made, 1)
      assert.lengthOf(asked, 0)
    }).pipe(Effect.provide(surroundings)))
})
