/** The order of claims: users take turns, whatever each of them has queued. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { UserId } from "../../../../src/domain/Ids.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { aWorker, emptyTables, stores } from "../../../support/databases/stores.ts"

const aUser = () => UserId.make(randomUUID())

interface Queued {
  readonly priority?: number
  /** Seconds from now; due since then if negative. */
  readonly due?: number
}

/** Many jobs of one user in one statement; those of a later call have waited less. */
const queue = Effect.fnUntraced(function*(user: UserId, jobs: number, { due = -100, priority = 0 }: Queued = {}) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    WITH document AS (
      INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path)
      SELECT gen_random_uuid(), ${user}, 'a.txt', 'text/plain', 1, n::text, 'raw/a.txt'
      FROM generate_series(1, ${jobs}::int) n
      RETURNING document_id
    )
    INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, webhook_secret, priority, run_at,
      chunks_version)
    SELECT gen_random_uuid(), ${user}, document_id, 'uploaded', 'raw/a.txt', 'secret', ${priority},
      now() + ${due}::float8 * interval '1 second' + row_number() OVER () * interval '1 millisecond',
      'markdown-structure@1'
    FROM document`
})

const claim = Effect.fnUntraced(function*(limit: number) {
  const { claim } = yield* JobQueue
  return yield* claim(aWorker(), limit)
})

/** The users of the jobs that this many claims of one job each return, in order. */
const served = Effect.fnUntraced(function*(claims: number, users: Readonly<Record<string, UserId>>) {
  const name = (user: UserId) => Object.keys(users).find((each) => users[each] === user) ?? "?"
  let order = ""
  for (let n = 0; n < claims; n++) order += (yield* claim(1)).map((job) => name(job.userId)).join() || "-"
  return order
})

onEachDatabase("a claim", (it) => {
  it.layer(stores)((it) => {
    it.effect("has how long the parser may still take, on the database's clock", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        yield* queue(aUser(), 1)
        yield* sql`UPDATE upload_jobs SET poll_deadline = now() - interval '1 hour'`
        const [late] = yield* claim(1)
        assert.isAtMost(late?.pollLeftMs ?? 0, -3_600_000)
        yield* queue(aUser(), 1)
        assert.isNull((yield* claim(1))[0]?.pollLeftMs)
      }))
  })
})

onEachDatabase("the users' turns", (it, database) => {
  it.layer(stores)((it) => {
    it.effect("serve a user's only job with the next claim, even if another user has a thousand queued", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const [many, one] = [aUser(), aUser()]
        yield* queue(many, 1000)
        assert.lengthOf(yield* claim(32), 32)
        yield* queue(one, 1, { due: -1 })
        assert.strictEqual((yield* claim(1))[0]?.userId, one)
        assert.lengthOf(yield* claim(32), 32)
      }))

    it.effect("go round, and fill up a claim from users with more jobs", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const users = { a: aUser(), b: aUser(), c: aUser() }
        yield* queue(users.a, 9)
        yield* queue(users.b, 2, { due: -90 })
        yield* queue(users.c, 3, { due: -80 })
        assert.strictEqual(yield* served(7, users), "abcabca")
        const rest = (yield* claim(10)).map((job) => job.userId)
        assert.sameMembers(rest, [users.c, ...Array.from({ length: 6 }, () => users.a)])
      }))

    it.effect("the users' turns are not affected by urgent jobs, which only go before the user's own", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const users = { a: aUser(), b: aUser() }
        const sql = yield* SqlClient.SqlClient
        yield* queue(users.a, 2)
        yield* queue(users.a, 3, { priority: 9, due: -10 })
        yield* queue(users.b, 2)
        assert.strictEqual((yield* served(4, users)).replaceAll("a", "").length, 2)
        assert.lengthOf(
          yield* sql`SELECT FROM upload_jobs WHERE user_id = ${users.a} AND run_at IS NULL AND priority = 9`,
          2
        )
        assert.deepStrictEqual((yield* claim(3)).map(({ priority }) => priority).sort(), [0, 0, 9])
      }))

    it.effect("the users' turns can be limited to users with no job held", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const { claim: take } = yield* JobQueue
        const [many, one] = [aUser(), aUser()]
        yield* queue(many, 10)
        yield* claim(2)
        assert.deepStrictEqual(yield* take(aWorker(), 5, "newcomers"), [])
        yield* queue(one, 2, { due: -1 })
        const guests = yield* take(aWorker(), 5, "newcomers")
        assert.deepStrictEqual(guests.map((job) => job.userId), [one, one])
        assert.deepStrictEqual(yield* take(aWorker(), 5, "newcomers"), [])
      }))

    it.effect("the users' turns skip jobs that are not due, however urgent", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const { nextDue } = yield* JobQueue
        const users = { a: aUser(), b: aUser() }
        assert.isTrue(Option.isNone(yield* nextDue(aWorker())))
        yield* queue(users.a, 3, { priority: 9, due: 1000 })
        yield* queue(users.b, 3, { due: 2000 })
        const wait = Duration.toSeconds(Option.getOrElse(yield* nextDue(aWorker()), () => Duration.zero))
        assert.isTrue(wait > 900 && wait <= 1001, `${wait} s`)
        yield* queue(users.a, 1)
        assert.strictEqual(Duration.toMillis(Option.getOrElse(yield* nextDue(aWorker()), () => Duration.infinity)), 0)
        assert.strictEqual(yield* served(3, users), "a--")
      }))

    it.effect("give each job to one of ten concurrent claims, round after round, and leave none", () =>
      Effect.gen(function*() {
        yield* emptyTables
        // In memory, claims run one after the other anyway.
        const each = database === "postgres" ? 200 : 30
        yield* Effect.forEach(Array.from({ length: 5 }, aUser), (user) => queue(user, each), { discard: true })
        const claimAll = Effect.fnUntraced(function*() {
          const mine: Array<string> = []
          for (let taken = yield* claim(1); taken.length > 0; taken = yield* claim(1)) {
            mine.push(...taken.map((job) => job.jobId))
          }
          return mine
        })
        const claims = yield* Effect.all(Array.from({ length: 10 }, claimAll), { concurrency: "unbounded" })
        assert.strictEqual(new Set(claims.flat()).size, claims.flat().length)
        assert.lengthOf(claims.flat(), 5 * each)
      }))
  })
})
