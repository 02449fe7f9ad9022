/** The cost of a call, whatever happens to it. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { assert } from "vitest"
import { type Purchase, Vectors } from "../../../../services/Vectors.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { embedding } from "../../../support/databases/embedding.ts"
import { emptyTables, rowOf, stores } from "../../../support/databases/stores.ts"

const { model } = anUpload()

const purchaseOf = Effect.fnUntraced(function*(job: ClaimedJob, tokens: number) {
  const vectors = yield* Vectors
  const chunks = yield* vectors.missing(job, model, -1, 100)
  const purchase: Purchase = {
    callId: randomUUID(),
    model,
    shares: [{ job, chunks, tokens, costUsd: tokens / 1_000 }]
  }
  return purchase
})

const found = ({ shares }: Purchase) =>
  shares.flatMap(({ chunks }) => chunks.map((_, n) => new Float32Array(1536).with(n, 1)))

const ledger = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`SELECT state, tokens::int AS tokens, request_id FROM embedding_ledger ORDER BY created_at`
})

onEachDatabase("the ledger", (it) => {
  it.layer(stores)((it) => {
    it.effect("the ledger counts a call once that is stored twice because the first answer was lost", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const job = yield* embedding(["a", "b"])
        const purchase = yield* purchaseOf(job, 10)
        yield* vectors.announce(purchase)
        for (const _ of ["first", "again"]) {
          assert.lengthOf([...(yield* vectors.store(purchase, found(purchase), "r1"))], 0, "the claim holds")
        }
        const row = yield* rowOf(job)
        assert.deepInclude(row, { tokens_paid: 10n, cost_usd: 0.01 })
        assert.deepInclude(row["progress"], { embeds_done: 2 })
        assert.deepStrictEqual(yield* ledger, [{ state: "paid", tokens: 10, request_id: "r1" }])
      }))

    it.effect("the ledger announces nothing for a job that another worker holds", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const job = yield* embedding(["a"])
        const purchase = yield* purchaseOf({ ...job, fence: job.fence - 1n }, 10)
        const refused = yield* vectors.announce(purchase)
        assert.strictEqual(refused.get(job.jobId)?._tag, "StaleClaim")
        assert.deepStrictEqual(yield* ledger, [])
      }))

    it.effect("the ledger records answered but unusable calls as lost", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const purchase = yield* purchaseOf(yield* embedding(["a"]), 10)
        yield* vectors.announce(purchase)
        yield* vectors.lose(purchase.callId)
        yield* vectors.withdraw(purchase.callId)
        assert.deepStrictEqual(yield* ledger, [{ state: "lost", tokens: 10, request_id: null }])
      }))
  })
})
