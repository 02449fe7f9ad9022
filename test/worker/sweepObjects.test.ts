/** What the worker removes from the storage: objects without a row, and the remains of deletes. */
import { assert } from "@effect/vitest"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Documents } from "../../services/Documents.ts"
import { Erasures } from "../../services/Erasures.ts"
import { ObjectNames } from "../../services/ObjectNames.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { DocumentId, localUserId, UserId } from "../../src/domain/Ids.ts"
import { parsedPath, rawPath } from "../../src/domain/objectPaths.ts"
import { TransientError } from "../../src/domain/ServiceError.ts"
import { eraseDeleted } from "../../src/worker/eraseDeleted.ts"
import { sweepObjects } from "../../src/worker/sweepObjects.ts"
import { breakers } from "../support/builders/circuits.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { accept, claimOne, emptyTables, someone, stores, upload } from "../support/databases/stores.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"

const text = Stream.make(new TextEncoder().encode("text"))

/** A parser that has an orphaned parse, and may be unavailable. */
class Parser extends Context.Service<Parser, { away: boolean; readonly forgotten: Array<string> }>()(
  "accessa/test/Parser"
) {}
const parser = Layer.effectContext(Effect.sync(() => {
  const state = Parser.of({ away: false, forgotten: [] })
  const unused = () => Effect.die(new Error("not asked"))
  return Context.make(Parser, state).pipe(Context.add(DocumentParser, {
    name: "test",
    immediate: false,
    submit: unused,
    result: unused,
    cancel: unused,
    probe: Effect.void,
    parsesOf: () => Effect.succeed(["pjb-unknown"]),
    forget: (id) =>
      Effect.suspend(() =>
        state.away
          ? Effect.fail(new TransientError({ code: "PARSER_FAILED", message: "502" }))
          : Effect.sync(() => void state.forgotten.push(id))
      )
  }))
}))

const services = Layer.mergeAll(ObjectStorageMemory, breakers, parser).pipe(Layer.provideMerge(stores))

/** Reports that all objects were written this long ago. */
const aged = (hours: number) => <A, E, R>(run: Effect.Effect<A, E, R>) =>
  Effect.updateService(run, ObjectStorage, (storage) => ({
    ...storage,
    list: (bucket) =>
      Stream.map(storage.list(bucket), (object) => ({ ...object, storedAt: object.storedAt - hours * 3_600_000 }))
  }))

const ourTurn = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE object_sweeps SET run_at = now()`
})

onEachDatabase("the storage", (it) => {
  it.layer(services)((it) => {
    it.effect("the storage loses orphans once they are an hour old, and nothing else", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const storage = yield* ObjectStorage
        const names = yield* ObjectNames
        const sql = yield* SqlClient.SqlClient
        const job = yield* upload("some text")
        const parsed = parsedPath(localUserId, job.documentId, job.jobId, 1n)
        yield* sql`UPDATE upload_jobs SET parsed_path = ${parsed} WHERE job_id = ${job.jobId}`
        const announced = DocumentId.make(randomUUID())
        const [loser, gone, stale, sent, foreign, strangers] = [
          rawPath(localUserId, job.documentId, randomUUID(), "md"),
          rawPath(localUserId, DocumentId.make(randomUUID()), randomUUID(), "md"),
          parsedPath(localUserId, job.documentId, job.jobId, 2n),
          rawPath(localUserId, announced, randomUUID(), "md"),
          "raw/a-user/put.this-here",
          // Of a user of another installation that shares the bucket.
          rawPath(UserId.make(randomUUID()), announced, randomUUID(), "md")
        ]
        yield* sql`INSERT INTO uploads (document_id, user_id, filename, bytes, path, metadata, priority, force, complete_by,
            url_until, sweep_at)
          VALUES (${announced}, ${localUserId}, 'a.md', 4, ${sent}, '{}', 0, false, now(), now(), now())`
        for (const path of [parsed, loser, gone, stale, sent, foreign, strangers]) {
          yield* storage.put(path, text, "text/plain")
        }
        const left = Effect.filter(
          [job.rawPath, parsed, loser, gone, stale, sent, foreign, strangers],
          (path) => Effect.map(storage.stat(path), Option.isSome)
        )
        yield* ourTurn
        yield* sweepObjects.pipe(aged(0.9))
        assert.lengthOf(yield* left, 8)
        yield* sweepObjects.pipe(aged(2))
        assert.lengthOf(yield* left, 8, "another worker has scanned within the hour")
        yield* ourTurn
        yield* sweepObjects.pipe(aged(2))
        assert.deepStrictEqual(yield* left, [job.rawPath, parsed, sent, foreign, strangers])
        assert.deepStrictEqual(yield* names.unnamed([foreign, strangers]), [])
      }))

    it.effect("and the parser lose the remains of a delete, even if written later, and after an outage", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const storage = yield* ObjectStorage
        const documents = yield* Documents
        const erasures = yield* Erasures
        const state = yield* Parser
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM erasures`
        yield* accept()
        const job = yield* claimOne()
        yield* sql`UPDATE upload_jobs SET provider_job_id = 'pjb-1' WHERE job_id = ${job.jobId}`
        yield* documents.remove(localUserId, job.documentId, someone)
        state.away = true
        yield* eraseDeleted
        state.away = false
        const late = parsedPath(localUserId, job.documentId, job.jobId, job.fence)
        yield* storage.put(late, text, "text/markdown")
        yield* erasures.hasten(job.jobId)
        yield* eraseDeleted
        assert.isTrue(Option.isNone(yield* storage.stat(late)))
        assert.deepStrictEqual(state.forgotten, ["pjb-1", "pjb-unknown"])
      }))
  })
})
