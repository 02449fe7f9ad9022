import { it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { IdsRandom } from "../../layers/Ids/Random.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Vectors } from "../../services/Vectors.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import { RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { makeWithQueryVector } from "../../src/purchases/withQueryVector.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"

const unused = () => Effect.die(new Error("no search has a use for this"))
const failing = (code: "EMBED_FAILED" | "EMBED_TIMEOUT" | "EMBED_INVALID_RESPONSE") =>
  new TransientError({ code, message: "No.", dependency: "embedder" })

interface Scene {
  readonly refused?: ServiceError
  readonly failure?: ServiceError
  readonly use?: Effect.Effect<string, ServiceError>
}

/** What is in the ledger after a question whose answer takes a second. */
const asked = Effect.fnUntraced(function*({ failure, refused, use = Effect.succeed("found") }: Scene) {
  const ledger: Array<string> = []
  const note = (word: string) => () => Effect.sync(() => void ledger.push(word))
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
        refused === undefined ? note(`announced ${tokens} tokens`)() : Effect.fail(refused),
      payQuery: ({ costUsd, tokens, user }, requestId) =>
        note(`paid ${tokens} tokens, $${costUsd}, ${requestId}, by ${user === localUserId ? "the user" : "another"}`)(),
      lose: note("lost"),
      withdraw: note("withdrawn"),
      payProbe: unused,
      announce: unused,
      missing: unused,
      reuse: unused,
      search: unused,
      store: unused
    })
  )
  const ask = Effect.flatMap(
    makeWithQueryVector,
    (withQueryVector) => withQueryVector(localUserId, "What is covered?", () => use)
  )
  const fiber = yield* Effect.forkChild(Effect.provide(ask, services))
  return { fiber, ledger }
})

const ended = Effect.fnUntraced(function*(scene: Scene) {
  const { fiber, ledger } = yield* asked(scene)
  yield* TestClock.adjust("5 seconds")
  return { exit: yield* Fiber.await(fiber), ledger }
})

describe("a question that is embedded", () => {
  it.effect("stands in the ledger before it is asked, and with its price after", () =>
    Effect.gen(function*() {
      const { exit, ledger } = yield* ended({})
      assert.deepStrictEqual(exit, Exit.succeed("found"))
      assert.deepStrictEqual(ledger, ["announced 4 tokens", "called", "paid 1000000 tokens, $0.02, r1, by the user"])
    }))

  it.effect("is not asked when the ledger refuses it", () =>
    Effect.gen(function*() {
      const refused = new RecoverableError({ code: "BUDGET_EXCEEDED", message: "Used up." })
      const { exit, ledger } = yield* ended({ refused })
      assert.deepStrictEqual(exit, Exit.fail(refused))
      assert.deepStrictEqual(ledger, [])
    }))

  it.effect("costs nothing if the provider refused, and is lost if it may have been answered", () =>
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
    }))

  it.effect("is lost if whoever asked hangs up before the answer", () =>
    Effect.gen(function*() {
      const { fiber, ledger } = yield* asked({})
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(ledger.slice(1), ["called", "lost"])
    }))

  it.effect("is paid even if whoever asked hangs up after the answer, or nothing comes of it", () =>
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
    }))
})
