import { assert } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Documents } from "../../../../services/Documents.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { sha256 } from "../../../../src/domain/hash.ts"
import { DocumentId, localUserId, UserId } from "../../../../src/domain/Ids.ts"
import { jobOf } from "../../../../src/intake/makeDocument.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { historyOf } from "../../../support/databases/records.ts"
import { accept, claimOne, emptyTables, heldAt, rowOf, someone, stores } from "../../../support/databases/stores.ts"

const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")

onEachDatabase("documents", (it) => {
  it.layer(stores)((it) => {
    it.effect("documents are accepted with a job that is due at once, and its first event", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const upload = anUpload({ metadata: { policy: "42" }, priority: 3, traceparent: "00-a-b-01" })
        const acceptance = yield* documents.accept(upload)
        assert.strictEqual(acceptance._tag, "Accepted")
        const job = Option.getOrThrow(jobOf(acceptance))
        assert.include(job, {
          documentId: upload.documentId,
          correlationId: upload.correlationId,
          filename: upload.filename,
          bytes: upload.bytes,
          rawSha256: upload.sha256,
          rawPath: upload.rawPath,
          chunksVersion: upload.chunker,
          embedModel: upload.model.model,
          status: "uploaded",
          priority: 3
        })
        assert.isNotNull(job.runAt)
        assert.deepStrictEqual(yield* historyOf(job.jobId), ["nothing → uploaded"])
        assert.match(String((yield* rowOf(job))["webhook_secret"]), /^[0-9a-f]{64}$/)
        const found = Option.getOrThrow(yield* documents.find(localUserId, upload.documentId))
        assert.deepInclude(found, { filename: upload.filename, metadata: { policy: "42" }, job })
        assert.isTrue(Option.isNone(yield* documents.find(stranger, upload.documentId)))
      }))

    it.effect("documents with the same bytes become one job, however many are uploaded at once", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const answers = yield* Effect.forEach(
          Array.from({ length: 8 }, () => anUpload({ sha256: sha256("same") })),
          documents.accept,
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(answers.map((answer) => Option.getOrThrow(jobOf(answer)).jobId)).size, 1)
        assert.lengthOf(answers.filter(({ _tag }) => _tag === "Accepted"), 1)
        assert.lengthOf(answers.filter(({ _tag }) => _tag === "Duplicate"), 7)
      }))

    it.effect("documents are accepted within the quota, each as if it had been uploaded alone", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const sizes = [400, 700, 500, 200, 100, 50]
        const answers = yield* Effect.forEach(
          sizes,
          (bytes) => documents.accept(anUpload({ bytes, sha256: sha256(randomUUID()), quotaBytes: 1_000 })),
          { concurrency: "unbounded" }
        )
        // 400 leaves no room for 700, which leaves room for 500, and so on.
        assert.deepStrictEqual(
          sizes.filter((_, index) => answers[index]?._tag === "Accepted"),
          [400, 500, 100]
        )
        assert.strictEqual(answers.filter(({ _tag }) => _tag === "OverQuota").length, 3)
        assert.strictEqual(yield* documents.used(localUserId), 1_000)
        const others = yield* documents.accept(anUpload({ userId: stranger, bytes: 900, quotaBytes: 1_000 }))
        assert.strictEqual(others._tag, "Accepted")
      }))

    it.effect("duplicates do not count against the quota, and a deleted document frees its part", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const first = anUpload({ bytes: 1_000, quotaBytes: 1_000 })
        yield* documents.accept(first)
        const same = yield* documents.accept({ ...first, documentId: DocumentId.make(randomUUID()) })
        assert.strictEqual(same._tag, "Duplicate")
        const other = anUpload({ bytes: 1, sha256: sha256("other"), quotaBytes: 1_000 })
        assert.deepStrictEqual(yield* documents.accept(other), { _tag: "OverQuota" })
        yield* documents.remove(localUserId, first.documentId, someone)
        assert.strictEqual(yield* documents.used(localUserId), 0)
        assert.strictEqual((yield* documents.accept(other))._tag, "Accepted")
      }))

    it.effect(
      "documents are found by the request that created them, which creates only one and belongs to its "
        + "user",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const documents = yield* Documents
          const requestId = randomUUID()
          assert.isTrue(Option.isNone(yield* documents.findByRequest(localUserId, requestId)))
          const first = yield* documents.accept(anUpload({ requestId, force: true }))
          assert.strictEqual((yield* documents.accept(anUpload({ requestId, force: true })))._tag, "Conflict")
          const found = Option.getOrThrow(yield* documents.findByRequest(localUserId, requestId))
          assert.strictEqual(found.job.jobId, Option.getOrThrow(jobOf(first)).jobId)
          assert.isTrue(Option.isNone(yield* documents.findByRequest(stranger, requestId)))
          const theirs = yield* documents.accept(anUpload({ userId: stranger, requestId, force: true }))
          assert.strictEqual(theirs._tag, "Accepted")
        })
    )

    it.effect(
      "documents with the same bytes are processed again if forced, if the first one failed, and for "
        + "another user",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const documents = yield* Documents
          const jobs = yield* Jobs
          const bytes = sha256("same")
          const first = yield* accept({ sha256: bytes })
          const outcome = (fields: Parameters<typeof anUpload>[0]) =>
            Effect.map(documents.accept(anUpload({ sha256: bytes, ...fields })), (answer) => answer._tag)
          assert.strictEqual(yield* outcome({}), "Duplicate")
          assert.strictEqual(yield* outcome({ userId: stranger }), "Accepted")
          yield* jobs.cancel(localUserId, first.jobId, someone)
          assert.strictEqual(yield* outcome({}), "Accepted")
          assert.strictEqual(yield* outcome({ force: true }), "Accepted")
        })
    )

    it.effect("use an id once, even if two uploads request it concurrently", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const documentId = DocumentId.make(randomUUID())
        const answers = yield* Effect.forEach(
          Array.from({ length: 6 }, (_, n) => anUpload({ documentId, sha256: sha256(`bytes ${n}`) })),
          documents.accept,
          { concurrency: "unbounded" }
        )
        const outcomes = answers.map(({ _tag }) => _tag).sort()
        assert.deepStrictEqual(outcomes, ["Accepted", ...Array.from({ length: 5 }, () => "Conflict" as const)])
      }))

    it.effect("document ids are per user: two users may use the same one, even concurrently", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const documentId = DocumentId.make(randomUUID())
        const [theirs, mine] = yield* Effect.all([
          accept({ documentId, userId: stranger, filename: "theirs.pdf" }),
          accept({ documentId, filename: "mine.pdf" })
        ], { concurrency: "unbounded" })
        for (const job of [theirs, mine]) {
          const found = Option.getOrThrow(yield* documents.find(job.userId, documentId))
          assert.deepStrictEqual([found.job.jobId, found.filename], [job.jobId, job.filename])
        }
        assert.isTrue(Option.isSome(yield* documents.remove(localUserId, documentId, someone)))
        assert.isTrue(Option.isNone(yield* documents.find(localUserId, documentId)))
        assert.isTrue(Option.isSome(yield* documents.find(stranger, documentId)))
      }))

    it.effect("documents of two users are accepted in one statement, also under the same id", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const theirs = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => accept({ userId: stranger }))
        const uploads = theirs.flatMap(({ documentId }, n) => [
          anUpload({ documentId, sha256: sha256(`mine ${n}`) }),
          anUpload({ userId: stranger, sha256: sha256(`theirs ${n}`) })
        ])
        const answers = yield* Effect.forEach(uploads, documents.accept, { concurrency: "unbounded" })
        assert.deepStrictEqual(new Set(answers.map(({ _tag }) => _tag)), new Set(["Accepted"]))
        for (const [n, answer] of answers.entries()) {
          assert.strictEqual(Option.getOrThrow(jobOf(answer)).userId, uploads[n]?.userId)
        }
      }))

    it.effect("may exceed 32 bits in size and in tokens", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const sql = yield* SqlClient.SqlClient
        const { documentId, jobId } = yield* accept({ bytes: 5_000_000_000 })
        yield* sql`UPDATE upload_jobs SET tokens_paid = 6000000000 WHERE job_id = ${jobId}`
        const { job } = Option.getOrThrow(yield* documents.find(localUserId, documentId))
        assert.deepStrictEqual([job.bytes, job.tokensPaid], [5_000_000_000, 6_000_000_000])
        assert.strictEqual((yield* claimOne()).bytes, 5_000_000_000)
      }))

    it.effect("find an earlier one of the same user with the same text", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const sql = yield* SqlClient.SqlClient
        const [first, second, other] = [yield* accept(), yield* accept(), yield* accept({ userId: stranger })]
        yield* sql`UPDATE upload_jobs SET parsed_sha256 = 'text'`
        const sameText = documents.sameText({ ...second, parsedSha256: "text" })
        assert.isTrue(Option.isNone(yield* sameText), "none of them is complete")
        yield* sql`UPDATE upload_jobs SET status = 'complete', run_at = NULL WHERE job_id = ${other.jobId}`
        assert.isTrue(Option.isNone(yield* sameText), "it is another user's")
        yield* sql`UPDATE upload_jobs SET status = 'complete', run_at = NULL`
        assert.deepStrictEqual(yield* sameText, Option.some(first.documentId))
        assert.isTrue(Option.isNone(yield* documents.sameText({ ...first, parsedSha256: null })))
      }))

    it.effect("are deleted with everything derived from them, and return the objects to erase", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const sql = yield* SqlClient.SqlClient
        const job = yield* heldAt("chunking")
        yield* sql`UPDATE upload_jobs SET parsed_path = 'parsed/a.md' WHERE job_id = ${job.jobId}`
        yield* sql`INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256)
          VALUES ('p', 'e', ${job.jobId}, 't', 's')`
        yield* sql`INSERT INTO document_chunk_buffer
            (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, text, meta)
          VALUES (gen_random_uuid(), ${job.documentId}, ${job.userId}, 0, 'n', '1', 's', 'text', '{}')`
        const kept = yield* accept()
        assert.isTrue(Option.isNone(yield* documents.remove(stranger, job.documentId, someone)))
        const paths = Option.getOrThrow(yield* documents.remove(localUserId, job.documentId, someone))
        assert.sameMembers([...paths], [job.rawPath, "parsed/a.md"])
        assert.isTrue(Option.isNone(yield* documents.remove(localUserId, job.documentId, someone)))
        for (const table of ["upload_jobs", "documents", "job_events", "webhook_receipts", "document_chunk_buffer"]) {
          const column = table === "job_events" || table === "webhook_receipts" ? "job_id" : "document_id"
          const left = yield* sql`SELECT FROM ${sql(table)} WHERE ${sql(column)} IN (${job.jobId}, ${job.documentId})`
          assert.lengthOf(left, 0, table)
        }
        assert.isTrue(Option.isSome(yield* documents.find(localUserId, kept.documentId)))
      }))

    it.effect("are deleted however many rows they have, also if that takes longer than a statement may", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const sql = yield* SqlClient.SqlClient
        const { documentId } = yield* accept()
        yield* asOwner(Effect.andThen(
          sql`CREATE OR REPLACE FUNCTION accessa_test_hurry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF current_setting('statement_timeout') NOT IN ('0', '1h') THEN RAISE 'it has too little time'; END IF;
            RETURN OLD;
          END $$`,
          sql`CREATE OR REPLACE TRIGGER accessa_test_hurry BEFORE DELETE ON documents
            FOR EACH ROW EXECUTE FUNCTION accessa_test_hurry()`
        ))
        assert.isTrue(Option.isSome(yield* documents.remove(localUserId, documentId, someone)))
        yield* asOwner(sql`DROP FUNCTION accessa_test_hurry CASCADE`)
      }))

    it.effect("are deleted before the eyes of those who watch their jobs", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const documents = yield* Documents
        const jobs = yield* Jobs
        const { documentId, jobId } = yield* accept()
        const news = yield* Stream.toPull(jobs.changes(jobId))
        // The first element signals that listening has begun.
        yield* news
        yield* documents.remove(localUserId, documentId, someone)
        yield* news
        assert.isTrue(Option.isNone(yield* jobs.look(localUserId, jobId, 0)))
      }))
  })
})
