import { it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { Providers } from "../../services/Providers.ts"
import type { ErrorCode } from "../../src/domain/ErrorCode.ts"
import { type Dependency, RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { haltedFor, openFor, probe } from "../../src/policy/breakers.ts"
import { Breakers } from "../../src/purchases/Breakers.ts"
import { Probes } from "../../src/purchases/Probes.ts"
import { aProcess, ProbeAnswers, probes } from "../support/builders/breakers.ts"
import { ProvidersMemory } from "../twins/ProvidersMemory.ts"

const surroundings = Layer.mergeAll(ProvidersMemory, probes, Layer.succeed(References.MinimumLogLevel, "None"))

/** Another worker over the same rows. */
const aWorker = (name: string) =>
  Effect.map(
    Layer.build(Layer.fresh(Breakers.layerWithProbes).pipe(Layer.provide(aProcess(name)))),
    (context) => Context.get(context, Breakers)
  ).pipe(Effect.tap(() => news))

const denied = (code: ErrorCode, dependency: Dependency) =>
  new RecoverableError({ code, message: "The key is refused.", dependency })
const broken = new RecoverableError({ code: "EMBED_UNAVAILABLE", message: "503", dependency: "embedder" })

const calling = () => {
  const calls = { made: 0 }
  return { calls, call: Effect.sync(() => void calls.made++) }
}

const failWith = (worker: Breakers["Service"], error: ServiceError) =>
  Effect.flip(worker.guard(["parser", "embedder", "storage"], Effect.fail(error)))

/** Time enough for the other workers to hear of a change. */
const news = Effect.repeat(TestClock.adjust("1 millis"), { times: 20 })

const stateOf = (dependency: Dependency) =>
  Effect.gen(function*() {
    const providers = yield* Providers
    return (yield* providers.list).find((row) => row.dependency === dependency)?.state ?? "closed"
  })

describe("the circuits", () => {
  it.effect("stop every worker when our own call is refused too, with one alert, and close when it is taken again", () =>
    Effect.gen(function*() {
      const [one, two] = [yield* aWorker("one"), yield* aWorker("two")]
      const { failing } = yield* ProbeAnswers
      const providers = yield* Providers
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
      assert.deepStrictEqual((yield* providers.alerts("open")).map(({ count, key }) => [key, count]), [
        ["embedder:EMBED_AUTH", 1]
      ])
      assert.strictEqual(yield* stateOf("embedder"), "halted")

      yield* TestClock.adjust(haltedFor)
      yield* news
      assert.strictEqual(yield* stateOf("embedder"), "halted", "our own call is still refused")
      failing.clear()
      yield* TestClock.adjust(haltedFor)
      yield* news
      for (const worker of [one, two]) yield* worker.guard(["embedder"], call)
      assert.strictEqual(calls.made, 2)
    }).pipe(Effect.provide(surroundings)))

  it.effect("open for all workers at the first failure, if our own call fails too, and hold no other service up", () =>
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
      assert.strictEqual(asked.length, before + 1, "one of the workers asks again")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(one.guard(["embedder"], call))))
      failing.clear()
      yield* TestClock.adjust(openFor(2))
      yield* news
      yield* two.guard(["embedder"], call)
      assert.strictEqual(calls.made, 2)
    }).pipe(Effect.provide(surroundings)))

  it.effect("stay closed however many documents fail while our own call is answered", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const errors = [
        broken,
        new TransientError({ code: "PARSER_FAILED", message: "FAILED", dependency: "parser" }),
        new TransientError({ code: "PARSER_TIMEOUT", message: "late", dependency: "parser" })
      ]
      for (let n = 0; n < 60; n++) {
        const error = errors[n % errors.length] ?? broken
        assert.strictEqual(yield* failWith(worker, error), error, "each keeps its own failure")
        yield* TestClock.adjust(probe.believed)
      }
      const { call, calls } = calling()
      yield* worker.guard(["parser", "embedder"], call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("make a refusal of one call transient while our own call is taken: nobody else is halted", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const error = yield* failWith(worker, denied("PARSER_QUOTA", "parser"))
      assert.deepInclude(error, { _tag: "TransientError", code: "PARSER_QUOTA", message: "The key is refused." })
      assert.strictEqual(yield* stateOf("parser"), "closed")
    }).pipe(Effect.provide(surroundings)))

  it.effect("ask a service once, however many calls fail at the same moment", () =>
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
        Breakers.layerWithProbes.pipe(Layer.provide(Layer.merge(slow, aProcess("one"))))
      )
      const worker = Context.get(context, Breakers)
      const failures = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 50 }), () => failWith(worker, broken), { concurrency: "unbounded" })
      )
      yield* news
      yield* Deferred.fail(answer, broken)
      assert.isTrue((yield* Fiber.join(failures)).every(({ _tag }) => _tag === "RecoverableError"))
      assert.strictEqual(asked, 1)
      const [alert] = yield* (yield* Providers).alerts("open")
      assert.strictEqual(alert?.count, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("close for all workers when an operator says so", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const providers = yield* Providers
      const { failing } = yield* ProbeAnswers
      failing.set("parser", denied("PARSER_QUOTA", "parser"))
      yield* failWith(worker, denied("PARSER_QUOTA", "parser"))
      yield* providers.reset("parser", { actor: "key:1", role: "operator", reason: "Topped up.", correlationId: null })
      yield* news
      const { call, calls } = calling()
      yield* worker.guard(["parser"], call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("of a service that is needed on the way stop the call, too", () =>
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

  it.effect("stay closed however often a service limits our rate", () =>
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
