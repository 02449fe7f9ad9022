/** What the state machine tests do not cover: order, leases, heartbeats, wake-ups, the receipt's checks. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { JobId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import { beatOf } from "../../../support/builders/beat.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { historyOf } from "../../../support/databases/records.ts"
import {
  accept,
  aWorker,
  claimOne,
  emptyTables,
  expireLease,
  heldAt,
  leaseSeconds,
  moveTo,
  park,
  rowOf,
  stores
} from "../../../support/databases/stores.ts"

const secondsLeft = Effect.fnUntraced(function*(job: ClaimedJob) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly left: number }>`
    SELECT extract(epoch FROM lease_until - now())::float8 AS left FROM upload_jobs WHERE job_id = ${job.jobId}`
  return row?.left ?? Number.NaN
})

onEachDatabase("the queue", (it) => {
  it.layer(stores)((it) => {
    it.effect("the queue hands out urgent jobs first, then those that have waited longest", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        const [old, recent, urgent] = [yield* accept(), yield* accept(), yield* accept({ priority: 5 })]
        const order = []
        for (let n = 0; n < 3; n++) order.push((yield* claimOne()).jobId)
        assert.deepStrictEqual(order, [urgent.jobId, old.jobId, recent.jobId])
        assert.deepStrictEqual(yield* queue.claim(aWorker(), 10), [])
      }))

    it.effect("the queue gives each job to only one of many concurrent claims", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        for (let n = 0; n < 12; n++) yield* accept()
        const claims = yield* Effect.forEach(Array.from({ length: 6 }), () => queue.claim(aWorker(), 3), {
          concurrency: "unbounded"
        })
        const ids = claims.flat().map((job) => job.jobId)
        assert.strictEqual(new Set(ids).size, ids.length)
        const rest = yield* queue.claim(aWorker(), 12)
        assert.strictEqual(ids.length + rest.length, 12)
      }))

    it.effect("the queue leases a job, and only its worker's heartbeats extend the lease", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        const worker = aWorker()
        yield* accept()
        const job = yield* claimOne(worker)
        const first = yield* secondsLeft(job)
        assert.isTrue(first > leaseSeconds - 5 && first <= leaseSeconds, `${first} s`)
        yield* sql`UPDATE upload_jobs SET lease_until = now() + interval '3 seconds'`
        yield* queue.beat(beatOf(aWorker(), { holds: [job.jobId] }))
        assert.isBelow(yield* secondsLeft(job), 4)
        yield* queue.beat(beatOf(worker))
        assert.isBelow(yield* secondsLeft(job), 4, "a worker that does not know of the job")
        yield* queue.beat(beatOf(worker, { holds: [job.jobId] }))
        assert.isAbove(yield* secondsLeft(job), leaseSeconds - 5)
      }))

    it.effect("the queue keeps one row per worker, as of its last heartbeat", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        const worker = aWorker()
        yield* queue.beat(beatOf(worker))
        const ids = Array.from({ length: 7 }, () => JobId.make(randomUUID()))
        yield* queue.beat({ ...beatOf(worker), state: "draining", holds: ids, staleWrites: 2 })
        assert.deepStrictEqual(
          yield* sql`SELECT state, jobs, stale_writes::int AS stale, hostname, pid FROM workers`,
          [{ state: "draining", jobs: 7, stale: 2, hostname: "here", pid: 42 }]
        )
      }))

    it.effect("the queue leaves a job with a valid lease alone, and releases the others", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        yield* accept()
        const silent = yield* claimOne()
        yield* accept()
        const alive = yield* claimOne()
        yield* expireLease(silent)
        assert.deepStrictEqual(yield* queue.rescue, { released: 1, dead: 0 })
        const next = yield* claimOne()
        assert.strictEqual(next.jobId, silent.jobId)
        assert.isTrue(next.fence > silent.fence)
        assert.strictEqual(next.crashCount, 1)
        assert.strictEqual((yield* rowOf(alive))["fence"], alive.fence)
      }))

    it.effect("the queue fails a document that crashed three workers, with WORKER_CRASHED", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        const job = yield* accept()
        for (const dead of [0, 0, 1]) {
          yield* expireLease(yield* claimOne())
          assert.strictEqual((yield* queue.rescue).dead, dead)
        }
        const row = yield* rowOf(job)
        assert.strictEqual(row["status"], "failed_parse")
        assert.deepInclude(row["last_error"], { code: "WORKER_CRASHED", class: "permanent", at_status: "uploaded" })
        assert.deepStrictEqual(yield* historyOf(job.jobId), [
          "nothing → uploaded",
          "crashed at uploaded",
          "crashed at uploaded",
          "uploaded → failed_parse"
        ])
      }))

    it.effect("the queue resets the crash count after every step forward", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        const job = yield* accept()
        for (let n = 0; n < 2; n++) {
          yield* expireLease(yield* claimOne())
          yield* queue.rescue
        }
        yield* expireLease(yield* moveTo(yield* claimOne(), ["parse_queued"]))
        assert.deepStrictEqual(yield* queue.rescue, { released: 1, dead: 0 })
        assert.strictEqual((yield* rowOf(job))["crash_count"], 1)
      }))

    it.effect("the queue writes off a silent worker's announced calls", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        const job = yield* heldAt("embedding_in_progress")
        yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state,
            chunks, tokens, cost_usd, fence)
          VALUES (gen_random_uuid(), ${job.jobId}, ${job.userId}, ${job.documentId}, 'm', '1', 'announced', 3, 9, 0, 1)`
        yield* expireLease(job)
        yield* queue.rescue
        assert.deepStrictEqual(yield* sql`SELECT state, tokens::int FROM embedding_ledger`, [{
          state: "lost",
          tokens: 9
        }])
      }))

    it.effect("the queue distinguishes a job's previous and current holder, even if both move it concurrently", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        const job = yield* accept()
        const stale = yield* claimOne()
        yield* expireLease(stale)
        yield* queue.rescue
        const holder = yield* claimOne()
        const others = yield* Effect.forEach(Array.from({ length: 4 }), () => Effect.andThen(accept(), claimOne()))
        const move = (claim: ClaimedJob) => Effect.exit(moveTo(claim, ["parse_queued"]))
        const exits = yield* Effect.forEach([...others, stale, holder], move, { concurrency: "unbounded" })
        assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, true, true, true, false, true])
        assert.deepStrictEqual((yield* historyOf(job.jobId)).slice(-1), ["uploaded → parse_queued"])
      }))

    it.effect("the queue refuses a move outside the graph, and complete without a receipt, as bugs", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const job = yield* heldAt("embeddings_stored")
        for (const to of ["uploaded", "failed_parse", "complete"] as const) {
          const exit = yield* Effect.exit(moveTo(job, [to]))
          assert.isTrue(Exit.hasDies(exit), to)
        }
        assert.strictEqual((yield* rowOf(job))["status"], "embeddings_stored")
      }))

    it.effect("the queue returns the time until the next job is due", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        assert.isTrue(Option.isNone(yield* queue.nextDue(aWorker())))
        yield* accept()
        assert.deepStrictEqual(yield* queue.nextDue(aWorker()), Option.some(Duration.zero))
        const job = yield* claimOne()
        assert.isTrue(Option.isNone(yield* queue.nextDue(aWorker())))
        yield* park(job, 60_000)
        const due = Duration.toSeconds(Option.getOrElse(yield* queue.nextDue(aWorker()), () => Duration.zero))
        assert.isTrue(due > 50 && due <= 60, `${due} s`)
      }))

    it.effect("the queue wakes a sleeping worker when a document arrives", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        // The first signals that listening has begun, the second is the document's.
        const heard = yield* Effect.forkChild(queue.wakeups.pipe(Stream.take(2), Stream.runCount), {
          startImmediately: true
        })
        yield* queue.wakeups.pipe(Stream.take(1), Stream.runDrain)
        yield* accept()
        assert.strictEqual(yield* Fiber.join(heard), 2)
      }))
  })
})
