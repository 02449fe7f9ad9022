import { it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, Fiber, Layer, Metric, Option, References } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { IdsRandom } from "../../layers/Ids/Random.ts"
import { Alerts } from "../../services/Alerts.ts"
import { Circuits } from "../../services/Circuits.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Vectors } from "../../services/Vectors.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import { RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { makeWithQueryVector } from "../../src/purchases/withQueryVector.ts"
import { breakers, ProbeAnswers } from "../support/builders/circuits.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"

const unused = () => Effect.die(new Error("no search has a use for this"))
const failing = (code: "EMBED_FAILED" | "EMBED_TIMEOUT" | "EMBED_INVALID_RESPONSE") =>
  new TransientError({ code, message: "No.", dependency: "embedder" })
const refusal = new RecoverableError({ code: "EMBED_AUTH", message: "The key is refused.", dependency: "embedder" })
const away = new RecoverableError({ code: "DATABASE_UNAVAILABLE", message: "Away.", dependency: "database" })

interface Scene {
  readonly question?: string
  readonly refused?: ServiceError
  readonly failure?: ServiceError
  /** How many ledger writes after the call fail because the database is unavailable. */
  readonly awayFor?: number
  readonly use?: Effect.Effect<string, ServiceError>
}

/** The ledger after a query whose answer takes a second. */
const asked = Effect.fnUntraced(function*(scene: Scene) {
  const { awayFor = 0, failure, question = "What is covered?", refused, use = Effect.succeed("found") } = scene
  const ledger: Array<string> = []
  let failures = awayFor
  const note = (word: string) => () =>
    Effect.suspend(() => failures-- > 0 ? Effect.fail(away) : Effect.sync(() => void ledger.push(word)))
  const services = Layer.mergeAll(
    IdsRandom,
    Layer.succeed(Embedder, {
      model: embeddingModel,
      probe: unused(),
      embed: Effect.fnUntraced(function*() {
        ledger.push("called")
        yield* Effect.sleep("1 second")
        return failure === undefined
          ? { vectors: [new Float32Array([1])], tokens: 1_000_000, requestId: "r1" }
          : yield* failure
      })
    }),
    Layer.succeed(Vectors, {
      announceQuery: ({ tokens }) =>
        refused === undefined
          ? Effect.sync(() => void ledger.push(`announced ${tokens} tokens`))
          : Effect.fail(refused),
      payQuery: ({ costUsd, tokens, user }, requestId) =>
        note(`paid ${tokens} tokens, $${costUsd}, ${requestId}, by ${user === localUserId ? "the user" : "another"}`)(),
      lose: note("lost"),
      withdraw: note("withdrawn"),
      payProbe: unused,
      announce: unused,
      missing: unused,
      reuse: unused,
      search: unused,
      match: unused,
      nearest: unused,
      store: unused
    })
  )
  const ask = Effect.flatMap(
    makeWithQueryVector,
    (withQueryVector) => withQueryVector(localUserId, question, () => use)
  )
  const fiber = yield* Effect.forkChild(Effect.provide(ask, services))
  return { fiber, ledger }
})

const ended = Effect.fnUntraced(function*(scene: Scene) {
  const { fiber, ledger } = yield* asked(scene)
  yield* TestClock.adjust("5 seconds")
  return { exit: yield* Fiber.await(fiber), ledger }
})

const surroundings = Layer.merge(breakers, Layer.succeed(References.MinimumLogLevel, "None"))

describe("a query that is embedded", () => {
  it.effect("a query that is embedded is in the ledger before its call, and with its cost afterwards", () =>
    Effect.gen(function*() {
      const { exit, ledger } = yield* ended({})
      assert.deepStrictEqual(exit, Exit.succeed("found"))
      assert.deepStrictEqual(ledger, ["announced 4 tokens", "called", "paid 1000000 tokens, $0.02, r1, by the user"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("a query that is embedded is not sent if the ledger refuses it", () =>
    Effect.gen(function*() {
      const refused = new RecoverableError({ code: "BUDGET_EXCEEDED", message: "Used up." })
      const { exit, ledger } = yield* ended({ refused })
      assert.deepStrictEqual(exit, Exit.fail(refused))
      assert.deepStrictEqual(ledger, [])
    }).pipe(Effect.provide(surroundings)))

  it.effect(
    "a query that is embedded costs nothing if the provider refused it, and is lost if it may have "
      + "been answered",
    () =>
      Effect.gen(function*() {
        for (
          const [code, word] of [
            ["EMBED_FAILED", "withdrawn"],
            ["EMBED_TIMEOUT", "lost"],
            ["EMBED_INVALID_RESPONSE", "lost"]
          ] as const
        ) {
          const { exit, ledger } = yield* ended({ failure: failing(code) })
          assert.deepStrictEqual(exit, Exit.fail(failing(code)))
          assert.deepStrictEqual(ledger.slice(1), ["called", word], code)
        }
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("a query that is embedded counts as many lost tokens as the ledger announced", () =>
    Effect.gen(function*() {
      const { ledger } = yield* ended({ question: "Что покрыто?", failure: failing("EMBED_TIMEOUT") })
      const lost = (yield* Metric.snapshot).find(({ attributes = {}, id }) =>
        id === "accessa_embedding_tokens_total" && attributes["outcome"] === "lost"
      )
      assert.deepInclude(lost?.state, { count: 6 })
      assert.strictEqual(ledger[0], "announced 6 tokens")
    }).pipe(Effect.provide(surroundings), Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("a query that is embedded is lost if its caller disconnects before the answer", () =>
    Effect.gen(function*() {
      const { fiber, ledger } = yield* asked({})
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(ledger.slice(1), ["called", "lost"])
    }).pipe(Effect.provide(surroundings)))

  it.effect(
    "a query that is embedded is paid even if its caller disconnects after the answer, or the search "
      + "fails",
    () =>
      Effect.gen(function*() {
        const hungUp = yield* asked({ use: Effect.never })
        yield* TestClock.adjust("2 seconds")
        yield* Fiber.interrupt(hungUp.fiber)
        const inVain = yield* ended({ use: Effect.fail(failing("EMBED_FAILED")) })
        assert.isTrue(Exit.isFailure(inVain.exit) && Cause.hasFails(inVain.exit.cause))
        for (const { ledger } of [hungUp, inVain]) {
          assert.lengthOf(ledger, 3)
          assert.match(`${ledger[2]}`, /^paid/)
        }
      }).pipe(Effect.provide(surroundings))
  )

  it.effect(
    "a query that is embedded is paid even if the database is unavailable when the answer arrives, and "
      + "the search does not wait",
    () =>
      Effect.gen(function*() {
        const { fiber, ledger } = yield* asked({ awayFor: 10 })
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* Fiber.await(fiber), Exit.succeed("found"))
        assert.lengthOf(ledger, 2)
        yield* TestClock.adjust("30 seconds")
        assert.match(ledger.slice(2).join(), /^paid/)
      }).pipe(Effect.provide(surroundings))
  )

  it.effect(
    "a query that is embedded is withdrawn even if the database is unavailable when the provider "
      + "refuses",
    () =>
      Effect.gen(function*() {
        const { fiber, ledger } = yield* asked({ failure: failing("EMBED_FAILED"), awayFor: 10 })
        yield* TestClock.adjust("30 seconds")
        assert.deepStrictEqual(yield* Fiber.await(fiber), Exit.fail(failing("EMBED_FAILED")))
        assert.deepStrictEqual(ledger.slice(1), ["called", "withdrawn"])
      }).pipe(Effect.provide(surroundings))
  )

  it.effect(
    "a query that is embedded halts the embedder if it and the probe are refused; the next one is "
      + "refused without a call",
    () =>
      Effect.gen(function*() {
        const [circuits, alerts] = [yield* Circuits, yield* Alerts]
        const { failing } = yield* ProbeAnswers
        failing.set("embedder", refusal)
        const first = yield* ended({ failure: refusal })
        assert.deepStrictEqual(first.ledger.slice(1), ["called", "withdrawn"])
        const rows = (yield* circuits.list).filter(({ state }) => state !== "closed")
          .map(({ code, dependency, state }) => [dependency, state, code])
        assert.deepStrictEqual(rows, [["embedder", "halted", "EMBED_AUTH"]])
        assert.deepStrictEqual((yield* alerts.list({ which: "open" })).map(({ key }) => key), ["embedder:EMBED_AUTH"])

        const { exit, ledger } = yield* ended({})
        assert.deepStrictEqual(ledger, [], "neither the ledger nor the provider is called")
        const error = Option.getOrThrow(Exit.findErrorOption(exit))
        assert.deepInclude(error, { _tag: "RecoverableError", code: "EMBED_AUTH", dependency: "embedder" })
        assert.deepStrictEqual("retryAfter" in error ? error.retryAfter : undefined, Duration.seconds(56))
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("a query that is embedded halts nothing if only it is refused: the refusal is transient", () =>
    Effect.gen(function*() {
      const circuits = yield* Circuits
      const { exit } = yield* ended({ failure: refusal })
      assert.deepInclude(Option.getOrThrow(Exit.findErrorOption(exit)), { _tag: "TransientError", code: "EMBED_AUTH" })
      assert.isTrue((yield* circuits.list).every(({ state }) => state === "closed"))
    }).pipe(Effect.provide(surroundings)))
})
