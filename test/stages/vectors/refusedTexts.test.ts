import { it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { assert } from "vitest"
import { UserId } from "../../../src/domain/Ids.ts"
import { EmbeddingBatches } from "../../../src/stages/vectors/EmbeddingBatches.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"
import { chunksOf, embedAll, many, Shop, surroundings, tagOf } from "../../support/stubs/Shop.ts"

it.effect("embedding batches name the refused chunk, and store the others of its document", () =>
  Effect.gen(function*() {
    const { calls, stored } = yield* Shop
    const texts = [...many(100), "refused", ...many(150)]
    const [exit] = yield* embedAll([{ texts }])
    const error = exit === undefined || Exit.isSuccess(exit) ? undefined : Cause.findErrorOption(exit.cause)
    assert.include(JSON.stringify(error), "Chunk 100: No.")
    const kept = stored.flatMap(({ shares }) => shares.flatMap(({ chunks }) => chunks.map(({ ordinal }) => ordinal)))
    assert.sameMembers(kept, texts.map((_, ordinal) => ordinal).filter((ordinal) => ordinal !== 100))
    assert.isAtMost(calls.length, 20)
  }).pipe(Effect.provide(surroundings)))

it.effect("embedding batches make at most two calls per text if all are refused", () =>
  Effect.gen(function*() {
    const { calls } = yield* Shop
    const exits = yield* embedAll([{ texts: many(64).map((text) => `refused ${text}`) }])
    assert.deepStrictEqual(exits.map(tagOf), ["PermanentError"])
    assert.isAtMost(calls.length, 2 * 64)
  }).pipe(Effect.provide(surroundings)))

it.effect("embedding batches split a request that is too large for the provider, and complete its documents", () =>
  Effect.gen(function*() {
    const { calls, stored } = yield* Shop
    const texts = many(40).map((text) => `crowded ${text}`)
    const exits = yield* embedAll([{ texts }])
    assert.deepStrictEqual(exits.map(tagOf), ["done"])
    const kept = stored.flatMap(({ shares }) => shares.flatMap(({ chunks }) => chunks.map(({ ordinal }) => ordinal)))
    assert.sameMembers(kept, texts.map((_, ordinal) => ordinal))
    assert.deepStrictEqual(calls.map(({ length }) => length), [40, 20, 10, 10, 20, 10, 10])
  }).pipe(Effect.provide(surroundings)))

it.effect("embedding batches store other users' vectors before they isolate one user's many refused texts", () =>
  Effect.gen(function*() {
    const { calls } = yield* Shop
    const hostile = aClaim({ userId: UserId.make(randomUUID()) })
    const batches = yield* EmbeddingBatches
    const search = yield* Effect.forkChild(
      Effect.exit(batches.embed({ job: hostile, chunks: chunksOf(many(100).map((text) => `refused ${text}`)) }))
    )
    const others = Array.from({ length: 20 }, (_, n) => ({
      job: aClaim({ userId: UserId.make(randomUUID()) }),
      texts: [`good ${n}`]
    }))
    const exits = yield* embedAll(others)
    assert.isTrue(exits.map(tagOf).every((tag) => tag === "done"))
    assert.isAtMost(calls.length, 20)
    yield* TestClock.adjust("4 minutes")
    assert.strictEqual(tagOf(yield* Fiber.join(search)), "PermanentError")
    const shared = calls.filter((texts) =>
      texts.some((text) => text.startsWith("refused")) && texts.some((text) => text.startsWith("good"))
    )
    const again = yield* embedAll([{ job: hostile, texts: ["refused again"] }, { texts: ["good again"] }])
    assert.deepStrictEqual(again.map(tagOf), ["PermanentError", "done"])
    assert.isAtMost(shared.length, 6)
    assert.isFalse(calls.some((texts) => texts.includes("refused again") && texts.includes("good again")))
  }).pipe(Effect.provide(surroundings)))

it.effect("embedding batches isolate the text that makes an available service fail, and complete the others", () =>
  Effect.gen(function*() {
    const exits = yield* embedAll(["a", "down", "c"].map((text) => ({
      job: aClaim({ userId: UserId.make(randomUUID()) }),
      texts: [text]
    })))
    assert.deepStrictEqual(exits.map(tagOf), ["done", "RecoverableError", "done"])
  }).pipe(Effect.provide(surroundings)))

it.effect("embedding batches permanently refuse the text that the service forbids while it accepts our probe", () =>
  Effect.gen(function*() {
    const exits = yield* embedAll(["a", "forbidden", "c"].map((text) => ({
      job: aClaim({ userId: UserId.make(randomUUID()) }),
      texts: [text]
    })))
    assert.deepStrictEqual(exits.map(tagOf), ["done", "PermanentError", "done"])
  }).pipe(Effect.provide(surroundings)))
