import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { assert } from "vitest"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import {
  accept,
  aWorker,
  claimOne,
  emptyTables,
  heldAt,
  leaseSeconds,
  moveTo,
  rowOf,
  stores
} from "../../../support/databases/stores.ts"

const by = { actor: "test", role: "user", reason: null, correlationId: null }

const begin = Effect.gen(function*() {
  yield* emptyTables
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM parse_cancellations`
  return { sql, queue: yield* JobQueue, jobs: yield* Jobs }
})

const atTheParser = Effect.gen(function*() {
  yield* accept()
  return yield* moveTo(yield* claimOne(), ["parse_queued"], { providerJobId: "pjb-1" })
})

onEachDatabase("abandoned parses and calls", (it) => {
  it.layer(stores)((it) => {
    it.effect("abandoned parses are returned to one worker, once", () =>
      Effect.gen(function*() {
        const { jobs, queue } = yield* begin
        const job = yield* atTheParser
        yield* jobs.cancel(localUserId, job.jobId, by)
        const taken = yield* Effect.forEach([1, 2, 3, 4], () => queue.takeAbandoned, { concurrency: "unbounded" })
        assert.deepStrictEqual(taken.flat(), ["pjb-1"])
        assert.strictEqual((yield* rowOf(job))["resume_status"], "uploaded", "a retry asks for a new parse")
      }))

    it.effect("abandoned parses do not include one that a retried job is waiting for again", () =>
      Effect.gen(function*() {
        const { jobs, queue } = yield* begin
        const job = yield* atTheParser
        yield* jobs.cancel(localUserId, job.jobId, by)
        yield* jobs.retry(localUserId, job.jobId, by)
        yield* moveTo(yield* claimOne(), ["parse_queued"], { providerJobId: "pjb-1" })
        assert.deepStrictEqual(yield* queue.takeAbandoned, [])
      }))

    it.effect("abandoned parses do not include a job that was not at the parser", () =>
      Effect.gen(function*() {
        const { jobs, queue } = yield* begin
        const job = yield* heldAt("chunking")
        yield* jobs.cancel(localUserId, job.jobId, by)
        assert.deepStrictEqual(yield* queue.takeAbandoned, [])
      }))

    it.effect("abandoned calls of a stopping worker are shown as lost in the ledger", () =>
      Effect.gen(function*() {
        const { queue, sql } = yield* begin
        const worker = aWorker()
        yield* accept()
        const job: ClaimedJob = yield* claimOne(worker)
        yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state,
            chunks, tokens, cost_usd, fence)
          VALUES (gen_random_uuid(), ${job.jobId}, ${job.userId}, ${job.documentId}, 'm', '1', 'announced', 3, 9, 0, 1)`
        yield* queue.release(worker)
        assert.deepStrictEqual(yield* sql`SELECT state, tokens::int FROM embedding_ledger`, [{
          state: "lost",
          tokens: 9
        }])
      }))

    it.effect("abandoned calls of a dead worker's cancelled job are lost after a lease", () =>
      Effect.gen(function*() {
        const { jobs, queue, sql } = yield* begin
        const job = yield* heldAt("embedding_in_progress")
        const held = yield* heldAt("embedding_in_progress")
        for (const { documentId, fence, jobId, userId } of [job, held]) {
          yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state,
              chunks, tokens, cost_usd, fence)
            VALUES (gen_random_uuid(), ${jobId}, ${userId}, ${documentId}, 'm', '1', 'announced', 3, 9, 0, ${fence})`
        }
        const announced = sql`SELECT job_id FROM embedding_ledger WHERE state = 'announced'`
        yield* jobs.cancel(localUserId, job.jobId, by)
        yield* queue.rescue
        assert.lengthOf(yield* announced, 2, "its worker may be alive and record the outcome")
        yield* sql`UPDATE embedding_ledger SET created_at = now() - ${leaseSeconds + 1} * interval '1 second'`
        yield* queue.rescue
        assert.deepStrictEqual(yield* announced, [{ job_id: held.jobId }], "a call under way may last")
        assert.deepStrictEqual(yield* sql`SELECT job_id, tokens::int FROM embedding_ledger WHERE state = 'lost'`, [
          { job_id: job.jobId, tokens: 9 }
        ])
      }))
  })
})
