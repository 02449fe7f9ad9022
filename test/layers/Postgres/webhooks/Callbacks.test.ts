import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Callbacks, type ReceivedCallback } from "../../../../services/Callbacks.ts"
import { JobId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob, Job } from "../../../../src/domain/Job.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import {
  accept,
  claimOne,
  emptyTables,
  heldAt,
  moveTo,
  park,
  rowOf,
  stores
} from "../../../support/databases/stores.ts"

const callback = (job: Pick<Job, "jobId">, eventId: string = randomUUID()): ReceivedCallback => ({
  provider: "llamaparse",
  eventId,
  eventType: "parse.success",
  jobId: job.jobId,
  payloadSha256: "ab"
})

/** The parser is polled again in an hour. */
const wait = (job: ClaimedJob) => park(job, 3_600_000)

const isDue = Effect.fnUntraced(function*(job: Pick<Job, "jobId">) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`SELECT FROM upload_jobs WHERE job_id = ${job.jobId} AND run_at <= now()`
  return rows.length === 1
})

onEachDatabase("callbacks", (it) => {
  it.layer(stores)((it) => {
    it.effect("callbacks are signed with their own job's secret", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const receipts = yield* Callbacks
        const [one, other] = [yield* accept(), yield* accept()]
        const { secret } = Option.getOrThrow(yield* receipts.find(one.jobId))
        assert.strictEqual(secret, (yield* rowOf(one))["webhook_secret"])
        assert.notStrictEqual(secret, Option.getOrThrow(yield* receipts.find(other.jobId)).secret)
        assert.isTrue(Option.isNone(yield* receipts.find(JobId.make(randomUUID()))))
      }))

    it.effect("make a job that waits for the parser due at once, and count once", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const receipts = yield* Callbacks
        const job = yield* heldAt("parse_queued")
        yield* wait(job)
        assert.isFalse(yield* isDue(job))
        const answers = yield* Effect.forEach([1, 2, 3], () => receipts.record(callback(job, "same")), {
          concurrency: "unbounded"
        })
        assert.sameMembers([...answers], [true, false, false])
        assert.isTrue(yield* isDue(job))
        assert.lengthOf(yield* sql`SELECT FROM webhook_receipts`, 1)

        yield* wait(yield* claimOne())
        assert.isFalse(yield* receipts.record(callback(job, "same")))
        assert.isFalse(yield* isDue(job), "a repetition has made the job due")
      }))

    it.effect("callbacks that arrive while the parser is polled are kept: the job is polled again at once", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const receipts = yield* Callbacks
        const job = yield* heldAt("parse_queued")
        yield* receipts.record(callback(job))
        assert.isFalse(yield* isDue(job), "a held job is due")
        yield* wait(job)
        assert.isTrue(yield* isDue(job))
        yield* wait(yield* claimOne())
        assert.isFalse(yield* isDue(job), "the hint was used twice")
      }))

    it.effect("callbacks that arrive before our own commit are kept, too", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const receipts = yield* Callbacks
        const job = yield* heldAt("uploaded")
        yield* receipts.record(callback(job))
        yield* wait(yield* moveTo(job, ["parse_queued"]))
        assert.isTrue(yield* isDue(job))
      }))

    it.effect("callbacks for a job that is past its parse, or deleted, change nothing", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const receipts = yield* Callbacks
        const job = yield* heldAt("chunking")
        yield* wait(job)
        const before = yield* rowOf(job)
        assert.isTrue(yield* receipts.record(callback(job)))
        assert.deepStrictEqual(yield* rowOf(job), before)
        assert.isTrue(yield* receipts.record(callback({ jobId: JobId.make(randomUUID()) })))
      }))
  })
})
