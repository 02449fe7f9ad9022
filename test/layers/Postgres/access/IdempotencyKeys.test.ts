import { assert } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Documents } from "../../../../services/Documents.ts"
import { type Hold, IdempotencyKeys } from "../../../../services/IdempotencyKeys.ts"
import { localUserId, UserId } from "../../../../src/domain/Ids.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, someone, stores } from "../../../support/databases/stores.ts"

const aHold = (fields: Partial<Hold> = {}): Hold => ({
  user: localUserId,
  key: randomUUID(),
  holder: randomUUID(),
  ...fields
})
const another = (hold: Hold): Hold => ({ ...hold, holder: randomUUID() })
const answer = { fingerprint: "f", status: 202, headers: { location: "/x" }, body: "{}" }
const toKeep = { ...answer, documentId: null }

/** As if this much time had passed. */
const pass = Effect.fnUntraced(function*({ key }: Hold, time: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE idempotency_keys SET locked_until = locked_until - ${time}::interval,
    expires_at = expires_at - ${time}::interval WHERE idempotency_key = ${key}`
})

onEachDatabase("a key of a request", (it, database) => {
  it.layer(stores)((it) => {
    // The embedded database has one session, in which two requests cannot overlap.
    if (database === "postgres") {
      it.effect("a key of a request is busy for a request that saw it released while another one acquired it", () =>
        Effect.gen(function*() {
          const [keys, sql] = [yield* IdempotencyKeys, yield* SqlClient.SqlClient]
          const hold = aHold()
          yield* keys.claim(hold)
          yield* keys.release(hold)
          const [taken, proceed] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const taking = yield* keys.claim(another(hold)).pipe(
            Effect.tap(() => Deferred.succeed(taken, undefined)),
            Effect.tap(() => Deferred.await(proceed)),
            sql.withTransaction,
            Effect.forkChild
          )
          yield* Deferred.await(taken)
          const late = yield* Effect.forkChild(keys.claim(another(hold)))
          yield* Effect.repeat(sql`SELECT 1 FROM pg_locks WHERE NOT granted`, { until: ({ length }) => length > 0 })
          yield* Deferred.succeed(proceed, undefined)
          assert.strictEqual((yield* Fiber.join(taking))._tag, "Claimed")
          assert.strictEqual((yield* Fiber.join(late))._tag, "InFlight")
        }))
    }

    it.effect("a key of a request is held by one request, and by the next once the first has released it", () =>
      Effect.gen(function*() {
        const keys = yield* IdempotencyKeys
        const hold = aHold()
        assert.strictEqual((yield* keys.claim(hold))._tag, "Claimed")
        const waiting = yield* keys.claim(another(hold))
        assert.strictEqual(waiting._tag, "InFlight")
        if (waiting._tag === "InFlight") assert.isAtMost(Duration.toSeconds(waiting.patience), 15)
        yield* keys.release(another(hold))
        assert.strictEqual((yield* keys.claim(another(hold)))._tag, "InFlight", "only its holder can release it")
        yield* keys.release(hold)
        assert.strictEqual((yield* keys.claim(another(hold)))._tag, "Claimed")
      }))

    it.effect("a key of a request belongs to one user", () =>
      Effect.gen(function*() {
        const keys = yield* IdempotencyKeys
        const hold = aHold()
        yield* keys.claim(hold)
        assert.strictEqual((yield* keys.claim({ ...hold, user: UserId.make(randomUUID()) }))._tag, "Claimed")
      }))

    it.effect("a key of a request returns the same answer for a day, and then is free again", () =>
      Effect.gen(function*() {
        const keys = yield* IdempotencyKeys
        const hold = aHold()
        yield* keys.claim(hold)
        yield* keys.record(hold, toKeep)
        yield* pass(hold, "23 hours")
        assert.deepStrictEqual(yield* keys.claim(another(hold)), { _tag: "Answered", answer })
        yield* keys.release(hold)
        assert.strictEqual((yield* keys.claim(another(hold)))._tag, "Answered", "an answered key is not released")
        yield* pass(hold, "2 hours")
        assert.strictEqual((yield* keys.claim(another(hold)))._tag, "Claimed")
      }))

    it.effect(
      "a key of a request loses its answer when the document is deleted, even before the answer is "
        + "stored",
      () =>
        Effect.gen(function*() {
          const keys = yield* IdempotencyKeys
          const documents = yield* Documents
          const sql = yield* SqlClient.SqlClient
          const stranger = UserId.make(randomUUID())
          const job = yield* accept()
          yield* accept({ userId: stranger, documentId: job.documentId })
          const told = { ...answer, body: "policy of Erika Mustermann.pdf", documentId: job.documentId }
          const [mine, late, theirs] = [aHold(), aHold(), aHold({ user: stranger })]
          for (const hold of [mine, late, theirs]) yield* keys.claim(hold)
          yield* keys.record(mine, told)
          yield* keys.record(theirs, told)
          yield* documents.remove(localUserId, job.documentId, someone)
          yield* keys.record(late, told)
          for (const hold of [mine, late]) {
            assert.deepStrictEqual(yield* keys.claim(another(hold)), { _tag: "Gone" })
            const rows = yield* sql`SELECT body, headers FROM idempotency_keys WHERE idempotency_key = ${hold.key}`
            assert.deepStrictEqual(rows, [{ body: "", headers: {} }])
          }
          assert.strictEqual((yield* keys.claim(another(theirs)))._tag, "Answered", "it is another's document")
        })
    )

    it.effect(
      "a key of a request passes to the next request if its holder has gone silent, whose answer is "
        + "then too late",
      () =>
        Effect.gen(function*() {
          const keys = yield* IdempotencyKeys
          const hold = aHold()
          yield* keys.claim(hold)
          yield* pass(hold, "12 seconds")
          yield* keys.renew(hold)
          yield* pass(hold, "12 seconds")
          assert.strictEqual((yield* keys.claim(another(hold)))._tag, "InFlight")
          yield* pass(hold, "4 seconds")
          const heir = another(hold)
          assert.strictEqual((yield* keys.claim(heir))._tag, "Claimed")
          yield* keys.record(hold, toKeep)
          assert.strictEqual((yield* keys.claim(another(hold)))._tag, "InFlight")
          yield* keys.record(heir, toKeep)
          assert.strictEqual((yield* keys.claim(another(hold)))._tag, "Answered")
        })
    )

    it.effect("a key of a request has one request id for all attempts, and a new one after the answer expired", () =>
      Effect.gen(function*() {
        const keys = yield* IdempotencyKeys
        const hold = aHold()
        const first = yield* keys.claim(hold)
        yield* keys.release(hold)
        const second = another(hold)
        assert.deepStrictEqual(yield* keys.claim(second), first)
        yield* pass(hold, "16 seconds")
        const third = another(hold)
        assert.deepStrictEqual(yield* keys.claim(third), first)
        yield* keys.record(third, toKeep)
        yield* pass(hold, "25 hours")
        const later = yield* keys.claim(another(hold))
        assert.strictEqual(later._tag, "Claimed")
        assert.notDeepEqual(later, first)
      }))

    it.effect("a key of a request is acquired by one of many concurrent requests", () =>
      Effect.gen(function*() {
        const keys = yield* IdempotencyKeys
        const hold = aHold()
        const claims = yield* Effect.forEach(Array.from({ length: 12 }), () => keys.claim(another(hold)), {
          concurrency: "unbounded"
        })
        assert.lengthOf(claims.filter(({ _tag }) => _tag === "Claimed"), 1)
      }))

    it.effect("a key of a request leaves no row behind when it expires", () =>
      Effect.gen(function*() {
        const keys = yield* IdempotencyKeys
        const sql = yield* SqlClient.SqlClient
        const [old, fresh] = [aHold(), aHold()]
        yield* keys.claim(old)
        yield* keys.record(old, toKeep)
        yield* pass(old, "25 hours")
        yield* keys.claim(fresh)
        yield* keys.record(fresh, toKeep)
        assert.lengthOf(yield* sql`SELECT FROM idempotency_keys WHERE idempotency_key = ${old.key}`, 0)
      }))
  })
})
