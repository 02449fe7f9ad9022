import { assert } from "@effect/vitest"
import { Deferred, Effect, Fiber, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Documents } from "../../../../services/Documents.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import type { Job } from "../../../../src/domain/Job.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { databases, onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, emptyTables, heldAt, someone, stores } from "../../../support/databases/stores.ts"

/** Deletions of a document's chunks wait while its gate is closed, as if there were hundreds of thousands. */
const slowDeletion = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* asOwner(Effect.andThen(
    sql`CREATE OR REPLACE FUNCTION accessa_test_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock_shared(hashtextextended(OLD.document_id::text, 0));
      RETURN OLD;
    END $$`,
    sql`CREATE OR REPLACE TRIGGER accessa_test_wait BEFORE DELETE ON document_chunk_buffer
      FOR EACH ROW EXECUTE FUNCTION accessa_test_wait()`
  ))
})

/** Closed; returns what opens it. */
const closeGate = Effect.fnUntraced(function*({ documentId }: Pick<Job, "documentId">) {
  const sql = yield* SqlClient.SqlClient
  const [closed, open] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  const closing = yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${documentId}, 0))`.pipe(
    Effect.andThen(Deferred.succeed(closed, undefined)),
    Effect.andThen(Deferred.await(open)),
    sql.withTransaction,
    Effect.forkChild
  )
  yield* Deferred.await(closed)
  return Effect.andThen(Deferred.succeed(open, undefined), Fiber.join(closing))
})

/** Until so many sessions wait. Notifications are sent under a lock of kind `object`, for which commits wait a moment. */
const untilWaiting = Effect.fnUntraced(function*(count: number, kinds = ["advisory", "transactionid", "tuple"]) {
  const sql = yield* SqlClient.SqlClient
  const waiting = sql`SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE datname = current_database() AND NOT granted AND ${sql.in("locktype", kinds)}`
  yield* Effect.repeat(waiting, { until: ({ length }) => length >= count })
})

const addChunk = Effect.fnUntraced(function*(job: Job) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO document_chunk_buffer
      (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, text, meta)
    VALUES (gen_random_uuid(), ${job.documentId}, ${job.userId}, 0, 'n', '1', 's', 'text', '{}')`
  return job
})

// The embedded database has one session, in which two statements cannot overlap.
const servers = databases.filter(({ name }) => name === "postgres")

onEachDatabase("a large deletion", (it) => {
  it.layer(stores)((it) => {
    it.effect("lets its user upload meanwhile, and removes what was attached to the document until its end", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* slowDeletion
        const [documents, sql] = [yield* Documents, yield* SqlClient.SqlClient]
        const job = yield* Effect.flatMap(heldAt("chunking"), addChunk)
        const open = yield* closeGate(job)
        const removing = yield* Effect.forkChild(documents.remove(localUserId, job.documentId, someone))
        yield* untilWaiting(1)
        const accepting = yield* Effect.forkChild(Effect.all([
          accept({ parentDocumentId: job.documentId, rawPath: "raw/attached.txt" }),
          accept()
        ]))
        // Either they end, or one of them waits, too.
        const waited = yield* Fiber.join(accepting).pipe(
          Effect.as(false),
          Effect.raceFirst(Effect.as(untilWaiting(2), true))
        )
        yield* open
        assert.isFalse(waited)
        const [attached, kept] = yield* Fiber.join(accepting)
        const paths = Option.getOrThrow(yield* Fiber.join(removing))
        assert.sameMembers([...paths], [job.rawPath, attached.rawPath])
        const left = yield* sql`SELECT document_id FROM documents`
        assert.sameMembers(left.map(({ document_id }) => document_id), [kept.documentId])
        assert.lengthOf(yield* sql`SELECT FROM erasures WHERE job_id IN (${job.jobId}, ${attached.jobId})`, 2)
      }))

    it.effect("ends as if it had come first or last when a file that was attached meanwhile is deleted, too", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* slowDeletion
        const [documents, sql] = [yield* Documents, yield* SqlClient.SqlClient]
        const mail = yield* Effect.flatMap(heldAt("chunking"), addChunk)
        const openMail = yield* closeGate(mail)
        const removingMail = yield* Effect.forkChild(documents.remove(localUserId, mail.documentId, someone))
        yield* untilWaiting(1)
        const file = yield* Effect.flatMap(
          accept({ parentDocumentId: mail.documentId, rawPath: "raw/attached.txt" }),
          addChunk
        )
        const openFile = yield* closeGate(file)
        const removingFile = yield* Effect.forkChild(documents.remove(localUserId, file.documentId, someone))
        yield* untilWaiting(2)
        // The mail's deletion waits for the file's job, and the file's for a lock that the mail's holds.
        yield* openMail
        yield* untilWaiting(1, ["transactionid", "tuple"])
        yield* openFile
        const ofMail = Option.getOrThrow(yield* Fiber.join(removingMail))
        const ofFile = Option.getOrElse(yield* Fiber.join(removingFile), () => [])
        assert.sameMembers([...ofMail, ...ofFile], [mail.rawPath, file.rawPath])
        assert.deepStrictEqual(yield* sql`SELECT FROM documents`, [])
        assert.lengthOf(yield* sql`SELECT FROM erasures WHERE job_id IN (${mail.jobId}, ${file.jobId})`, 2)
        assert.lengthOf(
          yield* sql`SELECT FROM audit_log WHERE target_id IN (${mail.documentId}, ${file.documentId})`,
          2
        )
      }))
  })
}, servers)
