/** Which workers claim which jobs while a release is rolled out. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { UserId, type WorkerId } from "../../../../src/domain/Ids.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { aWorker, emptyTables, stores } from "../../../support/databases/stores.ts"

const jobs = 200

/** A user with many due jobs, a worker of each version, and a release of the newer one. */
const begin = Effect.fnUntraced(function*(percent: number, { leased = true } = {}) {
  const sql = yield* SqlClient.SqlClient
  yield* emptyTables
  yield* sql`DELETE FROM releases`
  yield* sql`DELETE FROM workers`
  const user = UserId.make(randomUUID())
  yield* sql`
    WITH document AS (
      INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path)
      SELECT gen_random_uuid(), ${user}, 'a.txt', 'text/plain', 1, n::text, 'raw/a.txt' FROM generate_series(1, ${jobs}::int) n
      RETURNING document_id
    )
    INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, webhook_secret, run_at, chunks_version)
    SELECT gen_random_uuid(), ${user}, document_id, 'uploaded', 'raw/a.txt', 'secret', now() - interval '1 minute',
      'markdown-structure@1'
    FROM document`
  yield* sql`
    INSERT INTO releases (release_id, environment, version, started_by, before, lease_until, claim_percent)
    VALUES (${randomUUID()}, 'test', '2222222', 'test', '{}', now() + ${
    leased ? 60 : -1
  } * interval '1 second', ${percent})`
  const worker = Effect.fnUntraced(function*(version: string) {
    const workerId = aWorker()
    yield* sql`
      INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes)
      VALUES (${workerId}, 'here', 1, ${version}, 'running', 0, 0)`
    return workerId
  })
  return { sql, old: yield* worker("0.1.0+1111111"), fresh: yield* worker("0.1.0+2222222") }
})

const claimed = Effect.fnUntraced(function*(worker: WorkerId) {
  const queue = yield* JobQueue
  return yield* queue.claim(worker, jobs)
})
const isDue = (worker: WorkerId) =>
  Effect.flatMap(
    JobQueue,
    ({ nextDue }) => Effect.map(nextDue(worker), (wait) => Option.isSome(wait) && Duration.isZero(wait.value))
  )

onEachDatabase("while a release is rolled out", (it) => {
  it.layer(stores)((it) => {
    it.effect("its workers claim about its share of the jobs, the others the rest, and each sees when one of its own is due", () =>
      Effect.gen(function*() {
        for (const percent of [5, 25, 100]) {
          const { fresh, old } = yield* begin(percent)
          const mine = (yield* claimed(fresh)).length
          assert.closeTo(mine / jobs, percent / 100, 0.12, `${percent} %`)
          assert.isFalse(yield* isDue(fresh))
          assert.strictEqual(yield* isDue(old), percent < 100)
          assert.lengthOf(yield* claimed(old), jobs - mine)
        }
      }))

    it.effect("a job that its workers may claim stays theirs as the share grows", () =>
      Effect.gen(function*() {
        const { fresh, sql } = yield* begin(25)
        const first = new Set((yield* claimed(fresh)).map(({ jobId }) => jobId))
        yield* sql`UPDATE upload_jobs SET lease_owner = NULL, lease_until = NULL, run_at = now()`
        yield* sql`UPDATE releases SET claim_percent = 60`
        const second = new Set((yield* claimed(fresh)).map(({ jobId }) => jobId))
        assert.isTrue([...first].every((job) => second.has(job)))
        assert.isAbove(second.size, first.size)
      }))

    it.effect("the workers of a release claim the documents that are kept for them at any share", () =>
      Effect.gen(function*() {
        const { fresh, old, sql } = yield* begin(0)
        assert.isEmpty(yield* claimed(fresh))
        yield* sql`UPDATE releases SET claim_documents = ARRAY(SELECT document_id FROM documents LIMIT 3)`
        assert.lengthOf(yield* claimed(fresh), 3)
        assert.lengthOf(yield* claimed(old), jobs - 3)
      }))

    it.effect("its workers get nothing new if its command has died", () =>
      Effect.gen(function*() {
        const { fresh, old } = yield* begin(100, { leased: false })
        assert.isEmpty(yield* claimed(fresh))
        assert.lengthOf(yield* claimed(old), jobs)
      }))

    it.effect("workers claim every job if no worker of the other kind is alive", () =>
      Effect.gen(function*() {
        for (const kind of ["old", "fresh"] as const) {
          const { sql, ...workers } = yield* begin(kind === "old" ? 100 : 5)
          yield* sql`UPDATE workers SET heartbeat_at = now() - interval '1 hour' WHERE worker_id <> ${workers[kind]}`
          assert.lengthOf(yield* claimed(workers[kind]), jobs, kind)
        }
      }))

    it.effect("workers claim every job once the release has ended", () =>
      Effect.gen(function*() {
        const { fresh, sql } = yield* begin(5)
        yield* sql`UPDATE releases SET outcome = 'promoted', ended_at = now()`
        assert.lengthOf(yield* claimed(fresh), jobs)
      }))
  })
})
