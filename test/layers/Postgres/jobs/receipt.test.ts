/** What a job must prove before the queue completes it. */
import { assert } from "@effect/vitest"
import { Effect, Exit, Option } from "effect"
import { SqlClient } from "effect/sql"
import { VectorParameters } from "../../../../layers/Postgres/connection/VectorParameters.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { chunkId } from "../../../../src/domain/Chunk.ts"
import { sha256 } from "../../../../src/domain/hash.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import type { ReceiptCheck } from "../../../../src/domain/Receipt.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { historyOf } from "../../../support/databases/records.ts"
import { claimOne, emptyTables, expireLease, heldAt, rowOf, stores } from "../../../support/databases/stores.ts"

/** A job at its last stage, with as many chunks and vectors as planned. */
const withContent = Effect.fnUntraced(function*(chunks: number) {
  const sql = yield* SqlClient.SqlClient
  const { one } = yield* VectorParameters
  const held = yield* heldAt("embeddings_stored")
  const [name = "", version = ""] = held.chunksVersion.split("@")
  for (let ordinal = 0; ordinal < chunks; ordinal++) {
    const id = chunkId(held.documentId, held.chunksVersion, ordinal)
    yield* sql`
      INSERT INTO document_chunk_buffer
        (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, text, meta)
      VALUES (${id}, ${held.documentId}, ${held.userId}, ${ordinal}, ${name}, ${version}, ${sha256(`text ${ordinal}`)},
        ${`text ${ordinal}`}, '{}')`
    yield* sql`
      INSERT INTO document_vector_buffer
        (chunk_id, document_id, user_id, embed_model, embed_version, vector, vector_sha, batch_id)
      VALUES (${id}, ${held.documentId}, ${held.userId}, ${held.embedModel}, ${held.embedVersion},
        ${one(new Float32Array(1536).fill(1))}, '', gen_random_uuid())`
  }
  yield* sql`UPDATE upload_jobs SET progress = progress || ${`{"chunks_total":${chunks}}`}::jsonb
    WHERE job_id = ${held.jobId}`
  return held
})

/** What breaks each check, as the tables' owner: the database's own constraints are dropped where they would refuse it. */
const spoils: Readonly<
  Record<ReceiptCheck, { readonly statements: ReadonlyArray<string>; readonly alsoFails?: ReadonlyArray<ReceiptCheck> }>
> = {
  chunks_match_plan: { statements: ["DELETE FROM document_chunk_buffer WHERE chunk_ord = 2"] },
  ordinals_without_gap: { statements: ["UPDATE document_chunk_buffer SET chunk_ord = 7 WHERE chunk_ord = 2"] },
  chunk_hashes_match: { statements: ["UPDATE document_chunk_buffer SET text = text || '!' WHERE chunk_ord = 1"] },
  vectors_match_chunks: { statements: ["DELETE FROM document_vector_buffer WHERE chunk_id = $id"] },
  model_matches: {
    statements: ["UPDATE document_vector_buffer SET embed_version = '0' WHERE chunk_id = $id"],
    alsoFails: ["vectors_match_chunks"]
  },
  dimensions_match: {
    statements: [
      "DROP VIEW accessa_chunks, accessa_llamaindex CASCADE",
      "ALTER TABLE document_vector_buffer ALTER COLUMN vector TYPE vector",
      "UPDATE document_vector_buffer SET vector = '[1,2,3]' WHERE chunk_id = $id"
    ]
  },
  losses_allowed: {
    statements: [`UPDATE upload_jobs SET parse_report = '{"policy": "fail", "warnings": ["1 page is missing."]}'`]
  },
  norms_positive: {
    statements: [
      "ALTER TABLE document_vector_buffer DROP CONSTRAINT document_vector_buffer_vector_check",
      "UPDATE document_vector_buffer SET vector = array_fill(0, ARRAY[1536])::vector WHERE chunk_id = $id"
    ]
  }
}

onEachDatabase("the receipt", (it) => {
  it.layer(stores)((it) => {
    const complete = Effect.fnUntraced(function*(job: ClaimedJob) {
      const queue = yield* JobQueue
      return yield* Effect.result(queue.complete(job, "test"))
    })

    it.effect("the receipt completes a job whose tables match its plan", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const job = yield* withContent(3)
        const result = yield* complete(job)
        assert.strictEqual(result._tag, "Success")
        const row = yield* rowOf(job)
        assert.include(row, { status: "complete", run_at: null, lease_owner: null, lease_until: null })
        assert.strictEqual((yield* complete(job))._tag, "Failure")
      }))

    for (const [check, { alsoFails = [], statements }] of Object.entries(spoils)) {
      it.effect(`does not complete a job whose receipt fails ${check}, and reports it`, () =>
        Effect.gen(function*() {
          yield* emptyTables
          const sql = yield* SqlClient.SqlClient
          const jobs = yield* Jobs
          const job = yield* withContent(3)
          const id = chunkId(job.documentId, job.chunksVersion, 1)
          yield* asOwner(
            Effect.forEach(statements, (statement) => sql`${sql.literal(statement.replace("$id", `'${id}'`))}`)
          )
          const before = yield* historyOf(job.jobId)
          const receipt = Option.getOrThrow(yield* jobs.receipt(localUserId, job.jobId))
          assert.sameMembers([...receipt.failedChecks], [check, ...alsoFails])
          const error = Option.getOrThrow(Exit.findErrorOption(
            yield* Effect.exit(
              Effect.flatMap(JobQueue, (queue) => queue.complete(job, "test"))
            )
          ))
          assert.include(error, { _tag: "PermanentError", code: "RECEIPT_MISMATCH" })
          assert.include(error.message, check)
          assert.strictEqual((yield* rowOf(job))["status"], "embeddings_stored")
          assert.deepStrictEqual(yield* historyOf(job.jobId), before)
        }))
    }

    it.effect(
      "the receipt states the model and dimensions of the stored vectors, not those that the job "
        + "requested",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const sql = yield* SqlClient.SqlClient
          const jobs = yield* Jobs
          const job = yield* withContent(1)
          const find = Effect.map(jobs.receipt(localUserId, job.jobId), Option.getOrThrow)
          assert.include(yield* find, {
            embedModel: job.embedModel,
            embedVersion: job.embedVersion,
            dimensions: 1536
          })
          yield* sql`UPDATE document_vector_buffer SET embed_model = 'another', embed_version = '7'`
          assert.include(yield* find, { embedModel: "another", embedVersion: "7", vectorsStored: 0 })
          yield* sql`DELETE FROM document_vector_buffer`
          assert.include(yield* find, { embedModel: "", embedVersion: "", dimensions: 0 })
        })
    )

    it.effect("the receipt counts the vectors of the job's model where a chunk has those of another, too", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const job = yield* withContent(3)
        yield* sql`
          INSERT INTO document_vector_buffer
            (chunk_id, document_id, user_id, embed_model, embed_version, vector, vector_sha, batch_id)
          SELECT chunk_id, document_id, user_id, 'another', '7', vector, vector_sha, batch_id FROM document_vector_buffer`
        const result = yield* complete(job)
        assert.strictEqual(result._tag, "Success")
        if (result._tag === "Success") assert.include(result.success, { chunksStored: 3, vectorsStored: 3 })
      }))

    it.effect("the receipt does not complete a job without chunks", () =>
      Effect.gen(function*() {
        yield* emptyTables
        assert.strictEqual((yield* complete(yield* withContent(0)))._tag, "Failure")
      }))

    it.effect("the receipt refuses a worker that lost the job to another one, and completes it for the holder", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        const lost = yield* withContent(1)
        yield* expireLease(lost)
        yield* queue.rescue
        const holder = yield* claimOne()
        const before = yield* rowOf(lost)
        const result = yield* complete(lost)
        assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "Success", "StaleClaim")
        assert.deepStrictEqual(yield* rowOf(lost), before)
        assert.strictEqual((yield* complete(holder))._tag, "Success")
      }))
  })
})
