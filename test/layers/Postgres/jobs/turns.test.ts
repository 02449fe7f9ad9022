/** The table of the users' turns compared with the jobs themselves, under concurrent changes. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Option, Random, Result } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Callbacks } from "../../../../services/Callbacks.ts"
import { Documents } from "../../../../services/Documents.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { UserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob, Job } from "../../../../src/domain/Job.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, aWorker, emptyTables, park, someone, stores } from "../../../support/databases/stores.ts"

/** Waiting users whose turn comes too late or never, by a plain query of both tables. */
const leftOut = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly user_id: string }>`
    SELECT j.user_id FROM upload_jobs j LEFT JOIN claim_turns t USING (user_id)
    WHERE j.run_at IS NOT NULL GROUP BY j.user_id, t.due_at HAVING coalesce(t.due_at, 'infinity') > min(j.run_at)`
})

const due = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly job_id: string }>`SELECT job_id FROM upload_jobs WHERE run_at <= now()`
  return rows.map(({ job_id }) => job_id)
})

/** One random change to jobs, made by the product's own statements. */
const somethingHappens = Effect.fnUntraced(
  function*(users: ReadonlyArray<UserId>, known: Array<Job>, held: Array<ClaimedJob>) {
    const [queue, jobs, documents, receipts] = [yield* JobQueue, yield* Jobs, yield* Documents, yield* Callbacks]
    const worker = aWorker()
    const one = <A>(from: ReadonlyArray<A>) => Effect.map(Random.nextIntBetween(0, from.length - 1), (n) => from[n])
    switch (yield* Random.nextIntBetween(0, 11)) {
      case 0:
      case 1:
      case 2: {
        const userId = yield* one(users)
        if (userId !== undefined) known.push(yield* accept({ userId, priority: yield* Random.nextIntBetween(0, 2) }))
        return
      }
      case 3:
      case 4:
        held.push(...yield* queue.claim(worker, yield* Random.nextIntBetween(1, 8)))
        return
      case 5:
      case 6:
      case 7: {
        const job = held.splice(yield* Random.nextIntBetween(0, Math.max(0, held.length - 1)), 1)[0]
        const releaseMs = yield* one([0, 20, 3_600_000])
        if (job === undefined || releaseMs === undefined) return
        return yield* park(job, releaseMs)
      }
      case 8: {
        const job = yield* one(known)
        if (job === undefined) return
        yield* jobs.cancel(job.userId, job.jobId, someone)
        return yield* jobs.retry(job.userId, job.jobId, someone)
      }
      case 9: {
        const job = yield* one(known)
        if (job === undefined) return
        const receipt = { eventId: randomUUID(), eventType: "x", jobId: job.jobId, payloadSha256: "x" }
        return yield* receipts.record({ provider: "llamaparse", ...receipt })
      }
      case 10: {
        const job = yield* one(known)
        if (job !== undefined) yield* documents.remove(job.userId, job.documentId, someone)
        return
      }
      default: {
        const taken = yield* queue.claim(worker, 2)
        return yield* taken.length > 1 ? queue.release(worker) : queue.tidyTurns
      }
    }
  }
)

const users = Array.from({ length: 7 }, () => UserId.make(randomUUID()))

const claimAll = Effect.fnUntraced(function*() {
  const { claim } = yield* JobQueue
  const taken: Array<string> = []
  for (let some = yield* claim(aWorker(), 5); some.length > 0; some = yield* claim(aWorker(), 5)) {
    taken.push(...some.map(({ jobId }) => jobId))
  }
  return taken
})

onEachDatabase("the table of the users' turns", (it, database) => {
  it.layer(stores)((it) => {
    it.effect(
      "the table of the users' turns omits no user under concurrent changes",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const { tidyTurns } = yield* JobQueue
          const [known, held]: [Array<Job>, Array<ClaimedJob>] = [[], []]
          const actor = Effect.gen(function*() {
            for (let n = 0; n < (database === "postgres" ? 40 : 20); n++) {
              const end = yield* Effect.result(somethingHappens(users, known, held))
              // Another change was faster.
              if (Result.isFailure(end)) assert.strictEqual(end.failure._tag, "StaleClaim", String(end.failure))
              assert.deepStrictEqual(yield* leftOut, [])
            }
          })
          const actors = Effect.all(Array.from({ length: 8 }, () => actor), { concurrency: "unbounded" })
          yield* Effect.raceFirst(
            actors,
            Effect.forever(Effect.map(tidyTurns, (found) => assert.strictEqual(found, 0)))
          )
          const waiting = yield* due
          assert.isAbove(known.length, 10)
          assert.sameMembers(yield* claimAll(), waiting)
        }).pipe(Random.withSeed("turns")),
      180_000
    )

    it.effect("the table of the users' turns is repaired by the next sweep, which skips no user forever", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const { nextDue, tidyTurns } = yield* JobQueue
        for (const userId of users) yield* accept({ userId })
        const allDue = yield* due
        yield* sql`DELETE FROM claim_turns WHERE user_id = ${users[0]}`
        yield* sql`UPDATE claim_turns SET due_at = NULL WHERE user_id = ${users[1]}`
        yield* sql`UPDATE claim_turns SET due_at = now() + interval '1 hour' WHERE user_id = ${users[2]}`
        assert.lengthOf(yield* leftOut, 3)
        assert.strictEqual(yield* tidyTurns, 3)
        assert.deepStrictEqual(yield* leftOut, [])
        assert.strictEqual(Duration.toMillis(Option.getOrElse(yield* nextDue(aWorker()), () => Duration.infinity)), 0)
        assert.sameMembers(yield* claimAll(), allDue)
        assert.strictEqual(yield* tidyTurns, 0)
      }))

    it.effect(
      "the table of the users' turns knows when the next job is due, before and after the sweep, and "
        + "keeps the turns of idle users",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const sql = yield* SqlClient.SqlClient
          const queue = yield* JobQueue
          const [one, two] = users
          if (one === undefined || two === undefined) return assert.fail()
          yield* accept({ userId: one })
          const [job] = yield* queue.claim(aWorker(), 1)
          if (job === undefined) return assert.fail()
          assert.isTrue(Option.isNone(yield* queue.nextDue(aWorker())))
          yield* park(job, 3_600_000)
          const minutes = Effect.map(
            queue.nextDue(aWorker()),
            (wait) => Math.round(Duration.toMinutes(Option.getOrElse(wait, () => Duration.zero)))
          )
          assert.strictEqual(yield* minutes, 60)
          yield* queue.tidyTurns
          assert.strictEqual(yield* minutes, 60)
          const turns = sql`SELECT user_id, claimed_at IS NOT NULL AS served, due_at > now() AS later FROM claim_turns`
          assert.deepStrictEqual(yield* turns, [{ user_id: one, served: true, later: true }])
          yield* accept({ userId: one })
          yield* accept({ userId: two })
          assert.deepStrictEqual((yield* queue.claim(aWorker(), 1)).map(({ userId }) => userId), [two])
          assert.deepStrictEqual((yield* queue.claim(aWorker(), 1)).map(({ userId }) => userId), [one])
        })
    )
  })
})
