import { it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { Providers } from "../../services/Providers.ts"
import type { ErrorCode } from "../../src/domain/ErrorCode.ts"
import { type Dependency, RecoverableError, TransientError } from "../../src/domain/StageError.ts"
import { failuresToOpen, haltedFor, openFor } from "../../src/policy/breakers.ts"
import { Breakers } from "../../src/stages/Breakers.ts"
import { Pipeline } from "../../src/stages/Pipeline.ts"
import { ProvidersMemory } from "../support/ProvidersMemory.ts"

const surroundings = Layer.mergeAll(ProvidersMemory, Layer.succeed(References.MinimumLogLevel, "None"))

/** Another worker over the same rows. */
const aWorker = (name: string) =>
  Effect.map(
    Layer.build(
      Layer.fresh(Breakers.layer).pipe(
        Layer.provide(Layer.succeed(Pipeline, { actor: name, callbackUrl: undefined }))
      )
    ),
    (context) => Context.get(context, Breakers)
  ).pipe(Effect.tap(() => news))

const denied = (code: ErrorCode, dependency: Dependency) =>
  new RecoverableError({ code, message: "The key is refused.", dependency })
const broken = new TransientError({ code: "EMBED_FAILED", message: "503", dependency: "embedder" })

const calling = () => {
  const calls = { made: 0 }
  return { calls, call: Effect.sync(() => void calls.made++) }
}

const failWith = (worker: Breakers["Service"], dependency: Dependency, error: TransientError | RecoverableError) =>
  Effect.exit(worker.guard(dependency, Effect.fail(error)))

/** Time enough for the other workers to hear of a change. */
const news = Effect.repeat(TestClock.adjust("1 millis"), { times: 20 })

describe("the circuits", () => {
  it.effect("stop every worker at the first refusal of our key, with one alert, and let one probe it later", () =>
    Effect.gen(function*() {
      const [one, two] = [yield* aWorker("one"), yield* aWorker("two")]
      const providers = yield* Providers
      yield* failWith(one, "embedder", denied("EMBED_AUTH", "embedder"))
      yield* news
      const { call, calls } = calling()
      for (const worker of [one, two, one, two]) {
        const error = yield* Effect.flip(worker.guard("embedder", call))
        assert.deepInclude(error, { _tag: "RecoverableError", code: "EMBED_AUTH", dependency: "embedder" })
      }
      assert.strictEqual(calls.made, 0)
      assert.deepStrictEqual((yield* providers.alerts("open")).map(({ count, key }) => [key, count]), [
        ["embedder:EMBED_AUTH", 1]
      ])
      assert.strictEqual((yield* providers.list).find(({ dependency }) => dependency === "embedder")?.state, "halted")

      yield* TestClock.adjust(haltedFor)
      const gate = yield* Deferred.make<void>()
      const probe = yield* Effect.forkChild(two.guard("embedder", Effect.andThen(call, Deferred.await(gate))))
      yield* news
      assert.isTrue(Exit.isFailure(yield* Effect.exit(one.guard("embedder", call))), "only one probes")
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(probe)
      yield* news
      yield* one.guard("embedder", call)
      assert.strictEqual(calls.made, 2)
    }).pipe(Effect.provide(surroundings)))

  it.effect("open for all workers when one has seen a service fail often enough", () =>
    Effect.gen(function*() {
      const [one, two] = [yield* aWorker("one"), yield* aWorker("two")]
      for (let n = 0; n < failuresToOpen; n++) yield* failWith(one, "embedder", broken)
      yield* news
      const { call, calls } = calling()
      const error = yield* Effect.flip(two.guard("embedder", call))
      assert.deepInclude(error, { code: "EMBED_UNAVAILABLE" })
      yield* two.guard("parser", call)
      yield* TestClock.adjust(openFor)
      yield* failWith(two, "embedder", broken)
      yield* news
      assert.isTrue(Exit.isFailure(yield* Effect.exit(one.guard("embedder", call))), "a failed probe opens it again")
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("close for all workers when an operator says so", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const providers = yield* Providers
      yield* failWith(worker, "parser", denied("PARSER_QUOTA", "parser"))
      yield* providers.reset("parser", { actor: "key:1", role: "operator", reason: "Topped up.", correlationId: null })
      yield* news
      const { call, calls } = calling()
      yield* worker.guard("parser", call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("of a service that is needed on the way stop the call, too", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      yield* failWith(worker, "parser", denied("STORAGE_DENIED", "storage"))
      const { call, calls } = calling()
      assert.isTrue(Exit.isFailure(yield* Effect.exit(worker.guard("parser", call, ["storage"]))))
      yield* worker.guard("parser", call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("are not closed by a call that may have done without the service", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const providers = yield* Providers
      const gone = new TransientError({ code: "STORAGE_FAILED", message: "503", dependency: "storage" })
      for (let n = 0; n < failuresToOpen; n++) yield* failWith(worker, "storage", gone)
      yield* TestClock.adjust(openFor)
      yield* worker.guard("parser", Effect.void, ["storage"])
      const storage = (yield* providers.list).find(({ dependency }) => dependency === "storage")
      assert.strictEqual(storage?.state, "open")
    }).pipe(Effect.provide(surroundings)))

  it.effect("stay closed however often a service limits our rate", () =>
    Effect.gen(function*() {
      const worker = yield* aWorker("one")
      const limited = new TransientError({ code: "EMBED_RATE_LIMITED", message: "429", dependency: "embedder" })
      for (let n = 0; n < 3 * failuresToOpen; n++) yield* failWith(worker, "embedder", limited)
      const { call, calls } = calling()
      yield* worker.guard("embedder", call)
      assert.strictEqual(calls.made, 1)
    }).pipe(Effect.provide(surroundings)))
})
