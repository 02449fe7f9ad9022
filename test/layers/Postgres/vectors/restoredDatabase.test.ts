/** A database restored from a dump under the same address while processes run: pgvector's type has another oid there. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Vectors } from "../../../../services/Vectors.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { embedding } from "../../../support/databases/embedding.ts"
import { stores } from "../../../support/databases/stores.ts"

const { model } = anUpload()
const query = new Float32Array(1536).with(0, 1)

/** With the column that depends on the type. */
const restored = asOwner(Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DROP EXTENSION vector CASCADE`
  yield* sql`CREATE EXTENSION vector`
  yield* sql`ALTER TABLE document_vector_buffer ADD COLUMN vector vector(1536) NOT NULL`
}))

onEachDatabase("after a restore under a running process", (it) => {
  it.layer(stores)((it) => {
    it.effect("bought vectors are stored and found", () =>
      Effect.gen(function*() {
        const vectors = yield* Vectors
        const queue = yield* JobQueue
        const job = yield* embedding(["a"])
        const chunks = yield* vectors.missing(job, model, -1, 10)
        yield* restored

        const purchase = { callId: randomUUID(), model, shares: [{ job, chunks, tokens: 10, costUsd: 0.5 }] }
        yield* vectors.announce(purchase)
        yield* vectors.store(purchase, [query], "req_1")
        yield* queue.complete(job, "test")
        const hits = yield* vectors.search(localUserId, model, query, { limit: 10 })
        assert.deepStrictEqual(hits.map(({ text }) => text), ["a"])
      }))
  })
})
