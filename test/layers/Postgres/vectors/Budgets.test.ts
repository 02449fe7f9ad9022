/** Spending and its limits, with the ledger's own writes, on each database. */
import { DateTime, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { assert } from "vitest"
import { DefaultBudget } from "../../../../layers/Postgres/vectors/spending.ts"
import { Budgets } from "../../../../services/Budgets.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { type Purchase, Vectors } from "../../../../services/Vectors.ts"
import { localUserId, UserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob, JobError } from "../../../../src/domain/Job.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { embedding as embeddingOf } from "../../../support/databases/embedding.ts"
import {
  emptyBudgets,
  emptyTables,
  expireLease,
  park,
  rowOf,
  secondsUntil,
  stores
} from "../../../support/databases/stores.ts"

const { model } = anUpload()
const admin = { actor: "key:1", role: "admin", reason: "A test.", correlationId: null }
const other = UserId.make("00000000-0000-4000-8000-0000000000bb")

const begin = Effect.gen(function*() {
  yield* emptyTables
  yield* emptyBudgets
  const sql = yield* SqlClient.SqlClient
  return { sql, budgets: yield* Budgets, vectors: yield* Vectors, queue: yield* JobQueue }
})

/** A job with one chunk that has no vector. */
const embedding = (userId = localUserId) => embeddingOf([randomUUID()], { userId })

const purchaseOf = Effect.fnUntraced(function*(jobs: ReadonlyArray<ClaimedJob>, costUsd: number) {
  const vectors = yield* Vectors
  const shares = yield* Effect.forEach(
    jobs,
    (job) => Effect.map(vectors.missing(job, model, -1, 10), (chunks) => ({ job, chunks, tokens: 10, costUsd }))
  )
  const purchase: Purchase = { callId: randomUUID(), model, shares }
  return purchase
})

onEachDatabase("the default budget", (it) => {
  it.layer(stores.pipe(Layer.provide(Layer.succeed(DefaultBudget, 5))))((it) => {
    it.effect(
      "the default budget parks the jobs of a user without an explicit one, even if workers announce "
        + "concurrently",
      () =>
        Effect.gen(function*() {
          const { budgets, vectors } = yield* begin
          const jobs = [yield* embedding(), yield* embedding(), yield* embedding(other)]
          const purchases = yield* Effect.forEach(jobs, (job) => purchaseOf([job], 3))
          const refused = yield* Effect.forEach(purchases, (purchase) =>
            vectors.announce(purchase).pipe(
              Effect.tap((parked) => parked.size > 0 ? vectors.withdraw(purchase.callId) : Effect.void),
              Effect.map((parked) => parked.size)
            ), { concurrency: "unbounded" })
          // Concurrent announcements may all back off; the limit is never exceeded.
          assert.isAtLeast(refused.filter((size) => size > 0).length, 1)
          assert.strictEqual(refused[2], 0)
          assert.isAtMost((yield* budgets.find(localUserId)).spentUsd, 5)
        })
    )
  })
})

const spent = Effect.fnUntraced(function*(user: UserId | null) {
  const budgets = yield* Budgets
  return (yield* budgets.find(user)).spentUsd
})

onEachDatabase("the budgets", (it) => {
  it.layer(stores)((it) => {
    it.effect("count announced calls immediately, and their cost once it is known", () =>
      Effect.gen(function*() {
        const { vectors } = yield* begin
        const job = yield* embedding()
        const purchase = yield* purchaseOf([job], 4)
        assert.strictEqual((yield* vectors.announce(purchase)).size, 0)
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null), yield* spent(other)], [4, 4, 0])
        const paid = { ...purchase, shares: purchase.shares.map((share) => ({ ...share, costUsd: 3 })) }
        for (const _ of ["stored", "stored again"]) {
          yield* vectors.store(paid, [new Float32Array(1536).fill(1)], "r1")
        }
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null)], [3, 3])
      }))

    it.effect("credit what was not bought, and keep counting what was lost", () =>
      Effect.gen(function*() {
        const { queue, vectors } = yield* begin
        const job = yield* embedding()
        const [first, second] = [yield* purchaseOf([job], 4), yield* purchaseOf([job], 5)]
        yield* vectors.announce(first)
        yield* vectors.announce(second)
        yield* vectors.withdraw(first.callId)
        yield* vectors.withdraw(first.callId)
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null)], [5, 5])
        yield* expireLease(job)
        yield* queue.rescue
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(null)], [5, 5])
      }))

    it.effect("hold back a call that would exceed the limit, and allow another user's part of it", () =>
      Effect.gen(function*() {
        const { budgets, sql, vectors } = yield* begin
        yield* budgets.set(localUserId, 5, admin)
        const [poor, rich] = [yield* embedding(), yield* embedding(other)]
        const purchase = yield* purchaseOf([poor, rich], 6)
        const refused = yield* vectors.announce(purchase)
        assert.deepStrictEqual([...refused.keys()], [poor.jobId])
        const error = refused.get(poor.jobId)
        assert.deepInclude(error, { _tag: "RecoverableError", code: "BUDGET_EXCEEDED" })
        assert.match(`${error?.message}`, /has \$5\.00 of \$5\.00 left this month.*costs about \$6\.00/)
        assert.deepStrictEqual([yield* spent(localUserId), yield* spent(other), yield* spent(null)], [0, 6, 6])
        assert.deepStrictEqual(
          (yield* sql`SELECT state FROM embedding_ledger ORDER BY state`).map(({ state }) => state),
          ["announced"]
        )
      }))

    it.effect("the budgets are not exceeded by workers that announce concurrently", () =>
      Effect.gen(function*() {
        const { budgets, vectors } = yield* begin
        yield* budgets.set(null, 10, admin)
        const jobs = yield* Effect.forEach(Array.from({ length: 8 }), () => embedding())
        const answers = yield* Effect.forEach(jobs, (job) => Effect.flatMap(purchaseOf([job], 3), vectors.announce), {
          concurrency: "unbounded"
        })
        const bought = answers.filter(({ size }) => size === 0).length
        assert.isAtMost(bought, 3)
        assert.strictEqual(yield* spent(null), bought * 3)
      }))

    it.effect("make parked jobs due when they are raised, and log who did it", () =>
      Effect.gen(function*() {
        const { budgets, sql } = yield* begin
        const job = yield* embedding()
        const lastError: JobError = {
          code: "BUDGET_EXCEEDED",
          class: "recoverable",
          message: "Used up.",
          help: "",
          kept: "",
          atStatus: "embedding_in_progress"
        }
        yield* park(job, 3_600_000, { lastError })
        const dueIn = Effect.gen(function*() {
          const { run_at } = yield* rowOf(job)
          return yield* secondsUntil(run_at instanceof Date ? DateTime.fromDateUnsafe(run_at) : null)
        })
        yield* budgets.set(other, 100, admin)
        assert.isAbove(yield* dueIn, 3_000, "another user's")
        const budget = yield* budgets.set(localUserId, 100, admin)
        assert.deepInclude(budget, { userId: localUserId, limitUsd: Option.some(100), spentUsd: 0 })
        assert.isAtMost(yield* dueIn, 1)
        yield* budgets.set(localUserId, null, admin)
        const logged = yield* sql`
          SELECT user_id, before->>'limit_usd' AS before, after->>'limit_usd' AS after FROM audit_log
          WHERE action = 'budget.set' AND user_id = ${localUserId} ORDER BY entry_id DESC LIMIT 2`
        assert.deepStrictEqual(logged, [
          { user_id: localUserId, before: "100", after: null },
          { user_id: localUserId, before: null, after: "100" }
        ])
      }))

    it.effect("the budgets are listed with spending, the overall one first", () =>
      Effect.gen(function*() {
        const { budgets, vectors } = yield* begin
        yield* budgets.set(other, 7, admin)
        yield* vectors.announce(yield* purchaseOf([yield* embedding()], 2))
        const rows = (yield* budgets.list).map(({ limitUsd, spentUsd, userId }) => [userId, limitUsd, spentUsd])
        assert.deepStrictEqual(rows, [
          [null, Option.none(), 2],
          [localUserId, Option.none(), 2],
          [other, Option.some(7), 0]
        ])
      }))
  })
})
