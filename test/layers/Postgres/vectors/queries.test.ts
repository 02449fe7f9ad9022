/** The cost of a search query, whatever happens to the call, on each database. */
import { Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { assert } from "vitest"
import { asUsers } from "../../../../layers/Postgres/connection/asUser.ts"
import { DefaultBudget } from "../../../../layers/Postgres/vectors/spending.ts"
import { Budgets } from "../../../../services/Budgets.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { type QueryCall, Vectors } from "../../../../services/Vectors.ts"
import { localUserId, UserId } from "../../../../src/domain/Ids.ts"
import type { ServiceError } from "../../../../src/domain/ServiceError.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { emptyBudgets, emptyTables, leaseSeconds, stores } from "../../../support/databases/stores.ts"

const { model } = anUpload()
const admin = { actor: "key:1", role: "admin", reason: "A test.", correlationId: null }
const other = UserId.make("00000000-0000-4000-8000-0000000000bb")

const begin = Effect.gen(function*() {
  yield* emptyTables
  yield* emptyBudgets
  const sql = yield* SqlClient.SqlClient
  return { sql, budgets: yield* Budgets, vectors: yield* Vectors }
})

const callOf = (costUsd: number, user = localUserId): QueryCall => ({
  callId: randomUUID(),
  user,
  model,
  tokens: 10,
  costUsd
})

const ledger = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql`SELECT user_id, job_id, state, tokens::int AS tokens, cost_usd, request_id FROM embedding_ledger
      ORDER BY created_at, call_id`
)

const spent = Effect.fnUntraced(function*(user: UserId | null) {
  const budgets = yield* Budgets
  return (yield* budgets.find(user)).spentUsd
})

/** The budget must refuse some, and nothing else may fail. */
const orRefused = (call: Effect.Effect<void, ServiceError>) =>
  Effect.catchIf(call, ({ code }) => code === "BUDGET_EXCEEDED", () => Effect.void)

onEachDatabase("the default budget", (it) => {
  it.layer(stores.pipe(Layer.provide(Layer.succeed(DefaultBudget, 5))))((it) => {
    it.effect(
      "the default budget applies to each user without an explicit one, and is shown as theirs; the "
        + "overall budget has none",
      () =>
        Effect.gen(function*() {
          const { budgets, vectors } = yield* begin
          const limits = Effect.map(
            budgets.list,
            (list) => new Map(list.map(({ limitUsd, userId }) => [userId, Option.getOrNull(limitUsd)]))
          )
          yield* vectors.announceQuery(callOf(3))
          assert.strictEqual((yield* Effect.flip(vectors.announceQuery(callOf(3)))).code, "BUDGET_EXCEEDED")
          yield* vectors.announceQuery(callOf(3, other))
          assert.deepStrictEqual(yield* limits, new Map([[null, null], [localUserId, 5], [other, 5]]))
          yield* budgets.set(localUserId, 20, admin)
          yield* vectors.announceQuery(callOf(3))
          assert.deepStrictEqual((yield* budgets.find(localUserId)).limitUsd, Option.some(20))
          yield* budgets.set(localUserId, null, admin)
          assert.deepStrictEqual((yield* budgets.find(localUserId)).limitUsd, Option.some(5))
          assert.strictEqual((yield* Effect.flip(vectors.announceQuery(callOf(3)))).code, "BUDGET_EXCEEDED")
        })
    )

    it.effect("the default budget is not exceeded by concurrent searches", () =>
      Effect.gen(function*() {
        const { vectors } = yield* begin
        yield* Effect.forEach(
          Array.from({ length: 12 }, (_, n) => callOf(2, n % 2 === 0 ? localUserId : other)),
          (call) => orRefused(vectors.announceQuery(call)),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(other)], [4, 4])
      }))
  })
})

onEachDatabase("the search ledger", (it) => {
  it.layer(stores)((it) => {
    it.effect("the search ledger shows a query before its call, and its cost afterwards, without a job", () =>
      Effect.gen(function*() {
        const { vectors } = yield* begin
        const call = callOf(4)
        yield* vectors.announceQuery(call)
        const row = { user_id: localUserId, job_id: null }
        assert.deepStrictEqual(yield* ledger, [{
          ...row,
          state: "announced",
          tokens: 10,
          cost_usd: 4,
          request_id: null
        }])
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null), yield* spent(other)], [4, 4, 0])
        for (const _ of ["paid", "paid again"]) yield* vectors.payQuery({ ...call, tokens: 7, costUsd: 3 }, "r1")
        assert.deepStrictEqual(yield* ledger, [{ ...row, state: "paid", tokens: 7, cost_usd: 3, request_id: "r1" }])
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null)], [3, 3])
      }))

    it.effect("the search ledger credits what was not bought, and keeps what was lost", () =>
      Effect.gen(function*() {
        const { vectors } = yield* begin
        const [refused, lost] = [callOf(4), callOf(5)]
        yield* vectors.announceQuery(refused)
        yield* vectors.announceQuery(lost)
        yield* vectors.withdraw(refused.callId)
        yield* vectors.lose(lost.callId)
        assert.sameMembers((yield* ledger).map(({ state }) => state), ["withdrawn", "lost"])
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null)], [5, 5])
      }))

    it.effect(
      "the search ledger counts a query as lost if its outcome is not recorded within a lease, and as "
        + "paid if it is recorded later",
      () =>
        Effect.gen(function*() {
          const { sql, vectors } = yield* begin
          const { rescue } = yield* JobQueue
          const [old, young] = [callOf(4), callOf(5)]
          yield* vectors.announceQuery(old)
          yield* sql`UPDATE embedding_ledger SET created_at = now() - ${leaseSeconds + 1} * interval '1 second'`
          yield* vectors.announceQuery(young)
          yield* rescue
          assert.deepStrictEqual((yield* ledger).map(({ state }) => state), ["lost", "announced"])
          assert.strictEqual(yield* spent(localUserId), 9)
          yield* vectors.payQuery({ ...old, costUsd: 2 }, "r1")
          assert.deepStrictEqual((yield* ledger).map(({ state }) => state), ["paid", "announced"])
          assert.strictEqual(yield* spent(localUserId), 7)
        })
    )

    it.effect("the search ledger refuses a query that exceeds the user's budget, and writes nothing", () =>
      Effect.gen(function*() {
        const { budgets, vectors } = yield* begin
        yield* budgets.set(localUserId, 5, admin)
        yield* vectors.announceQuery(callOf(3))
        const error = yield* Effect.flip(vectors.announceQuery(callOf(3)))
        assert.deepInclude(error, { _tag: "RecoverableError", code: "BUDGET_EXCEEDED" })
        assert.match(error.message, /user's budget has \$2\.00 of \$5\.00 left this month.*costs about \$3\.00/)
        assert.lengthOf(yield* ledger, 1)
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null)], [3, 3])
        yield* vectors.announceQuery(callOf(3, other))
        yield* vectors.announceQuery(callOf(2))
      }))

    it.effect("the search ledger does not let a month's first concurrent searches exceed a budget", () =>
      Effect.gen(function*() {
        const { budgets, sql, vectors } = yield* begin
        yield* budgets.set(localUserId, 5, admin)
        for (const _ of Array.from({ length: 5 })) {
          yield* sql`DELETE FROM budget_spend`
          yield* Effect.forEach(
            Array.from({ length: 6 }, () => callOf(3)),
            (call) => orRefused(vectors.announceQuery(call)),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(yield* spent(localUserId), 3)
        }
      }))

    it.effect("the search ledger does not let concurrent searches exceed the overall budget", () =>
      Effect.gen(function*() {
        const { budgets, vectors } = yield* begin
        yield* budgets.set(null, 10, admin)
        yield* vectors.announceQuery(callOf(1))
        const asked = Array.from({ length: 8 }, (_, n) => callOf(3, n % 2 === 0 ? localUserId : other))
        const errors = yield* Effect.forEach(asked, (call) =>
          vectors.announceQuery(call).pipe(
            Effect.as("announced"),
            Effect.catch((error) => Effect.succeed(error.code))
          ), { concurrency: "unbounded" })
        assert.sameMembers(errors, [...Array(3).fill("announced"), ...Array(5).fill("BUDGET_EXCEEDED")])
        assert.strictEqual(yield* spent(null), 10)
      }))

    it.effect("the search ledger shows a user only their own queries", () =>
      Effect.gen(function*() {
        const { sql, vectors } = yield* begin
        yield* vectors.announceQuery(callOf(1))
        yield* vectors.announceQuery(callOf(1, other))
        const seen = yield* sql`SELECT user_id FROM embedding_ledger`.pipe(asUsers(sql, [other]))
        assert.deepStrictEqual(seen, [{ user_id: other }])
      }))
  })
})
