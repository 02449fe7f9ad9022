import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Documents } from "../../../../services/Documents.ts"
import { Erasures } from "../../../../services/Erasures.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { parsedPath } from "../../../../src/domain/objectPaths.ts"
import { erasures as policy } from "../../../../src/policy/erasures.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, claimOne, emptyTables, someone, stores } from "../../../support/databases/stores.ts"

const begin = Effect.gen(function*() {
  yield* emptyTables
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM erasures`
  return { sql, erasures: yield* Erasures, documents: yield* Documents }
})

/** As if this much time had passed. */
const pass = Effect.fnUntraced(function*(time: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE erasures SET run_at = run_at - ${time}::interval`
})

onEachDatabase("what a delete leaves to erase", (it) => {
  it.layer(stores)((it) => {
    it.effect(
      "what a delete leaves to erase is the parse and every object that the job's holders may have "
        + "written",
      () =>
        Effect.gen(function*() {
          const { documents, erasures, sql } = yield* begin
          yield* accept()
          const job = yield* claimOne()
          yield* sql`UPDATE upload_jobs SET fence = 3, provider_job_id = 'pjb-1', parsed_path = 'parsed/old.md'
          WHERE job_id = ${job.jobId}`
          yield* documents.remove(localUserId, job.documentId, someone)
          const [first, ...others] = yield* erasures.take
          assert.deepStrictEqual(others, [])
          assert.deepInclude(first, { jobId: job.jobId, providerJobId: "pjb-1" })
          assert.deepStrictEqual(first?.paths, [
            job.rawPath,
            "parsed/old.md",
            ...[3n, 2n, 1n].map((fence) => parsedPath(localUserId, job.documentId, job.jobId, fence))
          ])
        })
    )

    it.effect(
      "what a delete leaves to erase is claimed by one worker, again if that worker goes silent, and "
        + "repeated a few times",
      () =>
        Effect.gen(function*() {
          const { documents, erasures } = yield* begin
          const job = yield* accept()
          yield* documents.remove(localUserId, job.documentId, someone)
          const many = yield* Effect.forEach([1, 2, 3], () => erasures.take, { concurrency: "unbounded" })
          assert.lengthOf(many.flat(), 1)
          yield* pass("61 seconds")
          for (const wait of [...policy.passes, undefined]) {
            assert.lengthOf(yield* erasures.take, 1)
            yield* erasures.finish([job.jobId])
            assert.lengthOf(yield* erasures.take, 0)
            if (wait !== undefined) yield* pass("51 minutes")
          }
          yield* pass("1 day")
          assert.lengthOf(yield* erasures.take, 0, "after an hour no worker can still be writing")
        })
    )

    it.effect(
      "what a delete leaves to erase is due at once after a refused write, even while it is being "
        + "carried out",
      () =>
        Effect.gen(function*() {
          const { documents, erasures } = yield* begin
          const job = yield* accept()
          yield* documents.remove(localUserId, job.documentId, someone)
          yield* erasures.take
          yield* erasures.finish([job.jobId])
          yield* erasures.hasten(job.jobId)
          assert.lengthOf(yield* erasures.take, 1)
          yield* erasures.hasten(job.jobId)
          yield* erasures.finish([job.jobId])
          assert.lengthOf(yield* erasures.take, 1)
        })
    )

    it.effect("what a delete leaves to erase is nothing if there was no such document", () =>
      Effect.gen(function*() {
        const { documents, erasures } = yield* begin
        const job = yield* accept()
        yield* documents.remove(localUserId, job.documentId, someone)
        yield* erasures.take
        assert.isTrue(Option.isNone(yield* documents.remove(localUserId, job.documentId, someone)))
        assert.lengthOf(yield* erasures.take, 0)
      }))
  })
})
