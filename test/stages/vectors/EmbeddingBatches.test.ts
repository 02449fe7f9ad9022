import { it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { assert, describe } from "vitest"
import { UserId } from "../../../src/domain/Ids.ts"
import { StaleClaim } from "../../../src/domain/Move.ts"
import { RecoverableError } from "../../../src/domain/ServiceError.ts"
import { embeddingBatch, tenantSplitsAtMost } from "../../../src/policy/limits.ts"
import { EmbeddingBatches } from "../../../src/stages/vectors/EmbeddingBatches.ts"
import { ProbeAnswers } from "../../support/builders/circuits.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"
import { chunksOf, embedAll, many, Shop, surroundings, tagOf } from "../../support/stubs/Shop.ts"

/** In steps, between which everything that is due can run. */
const tenMillis = Effect.repeat(TestClock.adjust("1 milli"), { times: 9 })

describe("embedding batches", () => {
  it.effect(
    "embedding batches put the chunks of many documents in one call, announced before and stored "
      + "afterwards",
    () =>
      Effect.gen(function*() {
        const { calls, ledger, stored } = yield* Shop
        const exits = yield* embedAll(["a", "b", "c"].map((text) => ({ texts: [`${text}1`, `${text}2`] })))
        assert.deepStrictEqual(exits.map(tagOf), ["done", "done", "done"])
        assert.deepStrictEqual(calls, [["a1", "a2", "b1", "b2", "c1", "c2"]])
        assert.deepStrictEqual(ledger, ["announced", "called", "stored"])
        assert.lengthOf(stored[0]?.shares ?? [], 3)
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("embedding batches stay within the limits of one call, and omit nothing", () =>
    Effect.gen(function*() {
      const { calls } = yield* Shop
      const sizes = [{ count: 700, length: 10 }, { count: 90, length: 8_000 }, { count: 3, length: 100 }]
      yield* embedAll(sizes.map(({ count, length }) => ({ texts: many(count, length) })))
      assert.lengthOf(calls.flat(), 793)
      for (const texts of calls) {
        assert.isAtMost(texts.length, embeddingBatch.inputs)
        assert.isAtMost(texts.reduce((sum, text) => sum + text.length, 0), embeddingBatch.bytes)
      }
      assert.isAtMost(calls.length, 8)
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches include a small document in the next call, despite another user's large one", () =>
    Effect.gen(function*() {
      const { calls } = yield* Shop
      const { embed } = yield* EmbeddingBatches
      const large = yield* Effect.forkChild(embed({ job: aClaim(), chunks: chunksOf(many(5_000)) }))
      while (calls.length < embeddingBatch.complete) yield* TestClock.adjust("1 milli")
      const before = calls.length
      const job = aClaim({ userId: UserId.make(randomUUID()) })
      assert.deepStrictEqual((yield* embedAll([{ job, texts: ["b1", "b2"] }])).map(tagOf), ["done"])
      const next = calls[before] ?? []
      assert.includeMembers([...next], ["b1", "b2"])
      assert.lengthOf(next, embeddingBatch.inputs)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(large)
      assert.lengthOf(calls.flat(), 5_002)
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches send further complete calls while some are under way, but hold back an incomplete one", () =>
    Effect.gen(function*() {
      const { calls } = yield* Shop
      const { embed } = yield* EmbeddingBatches
      const complete = embeddingBatch.concurrency + 2
      const chunks = chunksOf(many(complete * embeddingBatch.inputs + 10))
      const large = yield* Effect.forkChild(embed({ job: aClaim(), chunks }))
      while (calls.length < complete) yield* TestClock.adjust("1 milli")
      yield* TestClock.adjust("900 millis")
      assert.deepStrictEqual(
        calls.map(({ length }) => length),
        Array.from({ length: complete }, () => embeddingBatch.inputs)
      )
      yield* TestClock.adjust("300 millis")
      assert.strictEqual(calls[complete]?.length, 10)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(large)
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches wait a moment for a job that may still add chunks, and for none that has added or ended", () =>
    Effect.gen(function*() {
      const { calls } = yield* Shop
      const { embed, expecting } = yield* EmbeddingBatches
      const alone = aClaim()
      yield* Effect.forkChild(expecting(alone.jobId, embed({ job: alone, chunks: chunksOf(["alone"]) })))
      yield* tenMillis
      assert.deepStrictEqual(calls, [["alone"]])
      yield* TestClock.adjust("10 seconds")

      const [first, second, ended] = [aClaim(), aClaim(), aClaim()]
      yield* expecting(ended.jobId, Effect.void)
      const embedLater = Effect.andThen(Effect.sleep("12 millis"), embed({ job: second, chunks: chunksOf(["second"]) }))
      yield* Effect.forkChild(expecting(second.jobId, embedLater))
      yield* Effect.forkChild(expecting(first.jobId, embed({ job: first, chunks: chunksOf(["first"]) })))
      yield* tenMillis
      assert.lengthOf(calls, 1)
      yield* tenMillis
      assert.deepStrictEqual(calls.slice(1), [["first", "second"]])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches distribute all of a call's tokens by text length", () =>
    Effect.gen(function*() {
      const { stored } = yield* Shop
      yield* embedAll([{ texts: ["x"] }, { texts: ["xx"] }, { texts: ["xxxxx", "xxxxx"] }])
      const tokens = stored[0]?.shares.map((share) => share.tokens) ?? []
      assert.strictEqual(tokens.reduce((sum, share) => sum + share, 0), 100)
      assert.deepStrictEqual(tokens, [8, 15, 77])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches fail only the document with a refused text, and repeat the call for the others", () =>
    Effect.gen(function*() {
      const { ledger } = yield* Shop
      const exits = yield* embedAll(["a", "b", "refused", "d", "e"].map((text) => ({ texts: [text] })))
      assert.deepStrictEqual(exits.map(tagOf), ["done", "done", "PermanentError", "done", "done"])
      const count = (what: string) => ledger.filter((word) => word === what).length
      assert.strictEqual(count("announced"), count("withdrawn") + count("stored"))
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches call only once if the provider is down, and withdraw the call from the ledger", () =>
    Effect.gen(function*() {
      const { calls, ledger } = yield* Shop
      const { failing } = yield* ProbeAnswers
      failing.set("embedder", new RecoverableError({ code: "EMBED_UNAVAILABLE", message: "503" }))
      const exits = yield* embedAll([{ texts: ["a"] }, { texts: ["down"] }])
      assert.deepStrictEqual(exits.map(tagOf), ["RecoverableError", "RecoverableError"])
      assert.lengthOf(calls, 1)
      assert.deepStrictEqual(ledger, ["announced", "called", "withdrawn"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches notify a job that was lost meanwhile, and only that one", () =>
    Effect.gen(function*() {
      const { lost } = yield* Shop
      const stale = aClaim()
      lost.add(stale.jobId)
      const exits = yield* embedAll([{ texts: ["a"] }, { job: stale, texts: ["b"] }])
      assert.deepStrictEqual(exits.map(tagOf), ["done", "StaleClaim"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches wait for all of a document's calls before a failed one ends it", () =>
    Effect.gen(function*() {
      const { stored } = yield* Shop
      const exits = yield* embedAll([{ texts: [...many(299), "refused"] }])
      assert.deepStrictEqual(exits.map(tagOf), ["PermanentError"])
      assert.lengthOf(stored.flatMap(({ shares }) => shares.flatMap(({ chunks }) => chunks)), 299)
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches store the other jobs' vectors if one job's cannot be stored", () =>
    Effect.gen(function*() {
      const shop = yield* Shop
      const exits = yield* embedAll([{ texts: ["a"] }, { texts: ["unstorable"] }, { texts: ["c"] }])
      assert.deepStrictEqual(exits.map(tagOf), ["done", "PermanentError", "done"])
      assert.lengthOf(shop.calls, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches let only a rate-limited tenant wait, and make few more calls if all are limited", () =>
    Effect.gen(function*() {
      const { calls } = yield* Shop
      const job = () => aClaim({ userId: UserId.make(randomUUID()) })
      const some = ["a", "limited", "c", "d"].map((text) => ({ job: job(), texts: [text] }))
      assert.deepStrictEqual((yield* embedAll(some)).map(tagOf), ["done", "TransientError", "done", "done"])
      const before = calls.length
      const all = Array.from({ length: 16 }, () => ({ job: job(), texts: ["limited"] }))
      assert.isTrue((yield* embedAll(all)).map(tagOf).every((tag) => tag === "TransientError"))
      assert.isAtMost(calls.length - before, 2 * tenantSplitsAtMost + 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect.each([["one", [5]], ["three", [0, 13, 31]]] as const)(
    "embedding batches let %s of 32 users whose rate is limited wait, and store what the others asked for",
    ([, limited]) =>
      Effect.gen(function*() {
        const { calls } = yield* Shop
        const exits = yield* embedAll(Array.from({ length: 32 }, (_, n) => ({
          job: aClaim({ userId: UserId.make(randomUUID()) }),
          texts: [limited.some((at) => at === n) ? "limited" : `good ${n}`]
        })))
        assert.deepStrictEqual(exits.flatMap((exit, n) => tagOf(exit) === "done" ? [] : [n]), [...limited])
        const refused = calls.filter((texts) => texts.includes("limited")).length
        assert.isAtMost(refused, (tenantSplitsAtMost + 1) * (calls.length - refused) + tenantSplitsAtMost)
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("embedding batches keep trying to store paid vectors while the database is unavailable", () =>
    Effect.gen(function*() {
      const shop = yield* Shop
      shop.away = 5
      assert.deepStrictEqual((yield* embedAll([{ texts: ["a"] }])).map(tagOf), ["done"])
      assert.deepStrictEqual(shop.ledger, ["announced", "called", "stored"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches record paid vectors that cannot be stored as lost", () =>
    Effect.gen(function*() {
      const shop = yield* Shop
      shop.away = 10_000
      assert.deepStrictEqual((yield* embedAll([{ texts: ["a"] }])).map(tagOf), ["TransientError"])
      assert.deepStrictEqual(shop.ledger, ["announced", "called", "lost"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches record an answer without valid vectors as lost", () =>
    Effect.gen(function*() {
      const { ledger } = yield* Shop
      assert.deepStrictEqual((yield* embedAll([{ texts: ["garbage"] }])).map(tagOf), ["TransientError"])
      assert.deepStrictEqual(ledger, ["announced", "called", "lost"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches give each user separate requests after a shared one whose answer was no set of vectors", () =>
    Effect.gen(function*() {
      const { calls } = yield* Shop
      const jobs = ["a", "garbage", "c"].map((text) => ({
        job: aClaim({ userId: UserId.make(randomUUID()) }),
        texts: [text]
      }))
      assert.deepStrictEqual((yield* embedAll(jobs)).map(tagOf), Array.from(jobs, () => "TransientError"))
      assert.lengthOf(calls, 1)
      assert.deepStrictEqual((yield* embedAll(jobs)).map(tagOf), ["done", "TransientError", "done"])
      assert.sameDeepMembers(calls.slice(1), [["a"], ["garbage"], ["c"]])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches buy nothing for a job that the ledger refuses", () =>
    Effect.gen(function*() {
      const { calls, unwanted } = yield* Shop
      const stale = aClaim()
      unwanted.set(stale.jobId, new StaleClaim({ jobId: stale.jobId }))
      const exits = yield* embedAll([{ texts: ["a"] }, { job: stale, texts: ["b"] }])
      assert.deepStrictEqual(exits.map(tagOf), ["done", "StaleClaim"])
      assert.deepStrictEqual(calls, [["a"]])
    }).pipe(Effect.provide(surroundings)))

  it.effect("embedding batches treat requests under an older claim as stale, and give a job's parts one row", () =>
    Effect.gen(function*() {
      const { calls, stored } = yield* Shop
      const job = aClaim({ fence: 3n })
      const exits = yield* embedAll([
        { job: { ...job, fence: 1n }, texts: ["old"] },
        { job, texts: ["a"] },
        { job, texts: ["b"] }
      ])
      assert.deepStrictEqual(exits.map(tagOf), ["StaleClaim", "done", "done"])
      assert.deepStrictEqual(calls, [["a", "b"]])
      assert.lengthOf(stored[0]?.shares ?? [], 1)
    }).pipe(Effect.provide(surroundings)))
})
