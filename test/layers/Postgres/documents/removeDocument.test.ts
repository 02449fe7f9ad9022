import { assert } from "@effect/vitest"
import { Deferred, Effect, Fiber, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Documents } from "../../../../services/Documents.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { databases, onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, emptyTables, heldAt, someone, stores } from "../../../support/databases/stores.ts"

const gate = 4_711

/** Deletions of chunks wait while the gate is locked, as if there were hundreds of thousands. */
const slowDeletion = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* asOwner(Effect.andThen(
    sql`CREATE OR REPLACE FUNCTION accessa_test_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock_shared(4711);
      RETURN OLD;
    END $$`,
    sql`CREATE OR REPLACE TRIGGER accessa_test_wait BEFORE DELETE ON document_chunk_buffer
      FOR EACH ROW EXECUTE FUNCTION accessa_test_wait()`
  ))
})

const withChunk = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const job = yield* heldAt("chunking")
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
        const job = yield* withChunk
        const [locked, unlock] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const locking = yield* sql`SELECT pg_advisory_xact_lock(${gate})`.pipe(
          Effect.andThen(Deferred.succeed(locked, undefined)),
          Effect.andThen(Deferred.await(unlock)),
          sql.withTransaction,
          Effect.forkChild
        )
        yield* Deferred.await(locked)
        const removing = yield* Effect.forkChild(documents.remove(localUserId, job.documentId, someone))
        // Notifications are sent under a lock of kind `object`, for which commits wait a moment.
        const waiting = sql`SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
          WHERE datname = current_database() AND NOT granted AND locktype <> 'object'`
        yield* Effect.repeat(waiting, { until: ({ length }) => length === 1 })
        const accepting = yield* Effect.forkChild(Effect.all([
          accept({ parentDocumentId: job.documentId, rawPath: "raw/attached.txt" }),
          accept()
        ]))
        // Either they end, or one of them waits, too.
        const waited = yield* Fiber.join(accepting).pipe(
          Effect.as(false),
          Effect.raceFirst(Effect.as(Effect.repeat(waiting, { until: ({ length }) => length > 1 }), true))
        )
        yield* Deferred.succeed(unlock, undefined)
        yield* Fiber.join(locking)
        assert.isFalse(waited)
        const [attached, kept] = yield* Fiber.join(accepting)
        const paths = Option.getOrThrow(yield* Fiber.join(removing))
        assert.sameMembers([...paths], [job.rawPath, attached.rawPath])
        const left = yield* sql`SELECT document_id FROM documents`
        assert.sameMembers(left.map(({ document_id }) => document_id), [kept.documentId])
        assert.lengthOf(yield* sql`SELECT FROM erasures WHERE job_id IN (${job.jobId}, ${attached.jobId})`, 2)
      }))
  })
}, servers)
