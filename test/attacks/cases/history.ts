/**
 * What a long history or a long queue costs other users. Measured by the rows that the server counts as read, which do not
 * depend on the machine's load. A connection reports them when it ends at the latest, so the program is stopped before they
 * are read.
 */
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { localUserId } from "../../../src/domain/Ids.ts"
import { anotherUser, type Answer, startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { count, must, untilComplete, untilCount } from "../../faults/judge.ts"
import type { Process } from "../../faults/Process.ts"
import { World } from "../../faults/World.ts"

/** Stops the programs in an orderly way, and waits until the server has seen their connections end. */
const stop = Effect.fnUntraced(function*(...processes: ReadonlyArray<Process>) {
  for (const process of processes) yield* process.signal("SIGTERM")
  for (const process of processes) yield* process.exited
  yield* untilCount(
    "connections",
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'accessa%'",
    (open) => open === 0
  )
})

/** In a new snapshot each time. */
const read = (figure: string, where: string) =>
  count(`SELECT coalesce(sum(${figure}), 0)::float8 FROM ${where}`).pipe(
    Effect.andThen(count("SELECT pg_stat_clear_snapshot() IS NULL")),
    Effect.andThen(count(`SELECT coalesce(sum(${figure}), 0)::float8 FROM ${where}`))
  )

/** Many of one user, and one each of many others. They failed long ago, so no invariant applies to them. */
const history = (user: string, jobs: number, users: number) => `
  WITH document AS (
    INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path, created_at)
    SELECT gen_random_uuid(), CASE WHEN n <= ${jobs} THEN '${user}' ELSE gen_random_uuid() END, n || '.txt', 'text/plain', 1,
      n::text, 'raw/' || n, now() - n * interval '1 second' FROM generate_series(1, ${jobs + users}) n
    RETURNING *
  )
  INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, webhook_secret, run_at, created_at,
    processing_completed_at, last_error)
  SELECT gen_random_uuid(), user_id, document_id, 'failed_parse', raw_path, 'secret', NULL, created_at, created_at,
    '{"code":"PARSE_CORRUPT","class":"permanent","message":"It is damaged.","help":"Save it again.","kept":"The upload.","at_status":"uploaded"}'
  FROM document`

const ok = (answer: Answer) => must(answer.status === 200 || answer.status === 204, `It was answered ${answer.text}.`)

export const cases: ReadonlyArray<Case> = [
  {
    id: "A10",
    title: "a user with 60,000 jobs requests lists, later pages and filters without a match",
    expected: "No request reads more than a few thousand jobs, and the cursors lead to the end.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql.unsafe(history(localUserId, 60_000, 2_000))
      for (const table of ["upload_jobs", "documents"]) yield* sql.unsafe(`VACUUM ANALYZE ${table}`)
      const { ask, process } = yield* startApi()
      const tuples = read(
        "idx_tup_fetch + seq_tup_read",
        "pg_stat_user_tables WHERE relname IN ('upload_jobs', 'documents')"
      )
      const before = yield* tuples
      const first = yield* ask("/api/v1/jobs?limit=50")
      yield* ok(first)
      const paths = [
        `limit=50&cursor=${first.body["next_cursor"]}`,
        "filename=nothing+like+it",
        "status=complete",
        "error_code=ENCRYPTED"
      ]
      for (const path of paths) yield* ok(yield* ask(`/api/v1/jobs?${path}`))
      yield* stop(process)
      const each = ((yield* tuples) - before) / (paths.length + 1)
      yield* must(each < 8_000, `Each request read ${Math.round(each)} rows.`)
      const again = yield* startApi()
      let [cursor, jobs, pages]: [unknown, number, number] = ["", 0, 0]
      do {
        const { body } = yield* again.ask(
          `/api/v1/jobs?filename=59999.&limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`
        )
        cursor = body["next_cursor"]
        jobs += Array.isArray(body["jobs"]) ? body["jobs"].length : 0
        pages++
      } while (typeof cursor === "string")
      yield* must(jobs === 1, `One job has that name; the pages show ${jobs}.`)
      return `Each request read ${Math.round(each)} rows; the second oldest job was found after ${pages} pages.`
    })
  },
  {
    id: "A19",
    title: "documents are deleted beside 50,000 callback receipts",
    expected: "No delete reads the receipts of other documents.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256)
        SELECT 'llamaparse', n::text, gen_random_uuid(), 'parse.success', 'x' FROM generate_series(1, 50000) n`
      const { ask, process, upload } = yield* startApi()
      const tuples = read(
        "coalesce(idx_tup_fetch, 0) + seq_tup_read",
        "pg_stat_user_tables WHERE relname = 'webhook_receipts'"
      )
      const before = yield* tuples
      for (const name of ["a.txt", "b.txt", "c.txt"]) {
        const { body } = yield* upload(name, name)
        yield* ok(yield* ask(`/api/v1/documents/${body["document_id"]}`, { method: "DELETE" }))
      }
      yield* stop(process)
      const each = ((yield* tuples) - before) / 3
      yield* must(each < 100, `Each delete read ${Math.round(each)} receipts.`)
      return `Each delete read ${Math.round(each)} receipts.`
    })
  },
  {
    id: "A29",
    title: "10,000 users wait while others come and go",
    expected: "A claim only reads the jobs of users whose turn it is: a new user is served at once, and no claim "
      + "visits all users.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { start } = yield* World
      const { process, upload } = yield* startApi()
      const pattern = yield* upload("pattern.txt", "The same few words for every user.")
      yield* sql`
        WITH document AS (
          INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path)
          SELECT gen_random_uuid(), gen_random_uuid(), filename, media_type, bytes, raw_sha256, raw_path
          FROM documents, generate_series(1, 10000) RETURNING *
        )
        INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, webhook_secret, chunks_version)
        SELECT gen_random_uuid(), d.user_id, d.document_id, 'uploaded', d.raw_path, 'secret', j.chunks_version
        FROM document d, upload_jobs j WHERE j.job_id = ${pattern.body["job_id"]}`
      yield* sql`
        INSERT INTO job_events (job_id, type, to_status, actor, fence, progress)
        SELECT job_id, 'moved', 'uploaded', 'api', 0, progress FROM upload_jobs WHERE webhook_secret = 'secret'`
      // All of them have been served before; a new user has not.
      yield* sql`
        INSERT INTO claim_turns (user_id, claimed_at) SELECT DISTINCT user_id, now() - interval '1 hour' FROM upload_jobs
        ON CONFLICT (user_id) DO UPDATE SET claimed_at = excluded.claimed_at`
      for (const table of ["upload_jobs", "documents", "claim_turns"]) yield* sql.unsafe(`VACUUM ANALYZE ${table}`)
      const probes = read("idx_scan", "pg_stat_user_indexes WHERE indexrelname = 'upload_jobs_due'")
      const claims = count("SELECT sum(fence) FROM upload_jobs")
      yield* start("mock-openai")
      const before = yield* probes
      const worker = yield* start("worker", { WORKER_CONCURRENCY: "1", WORKER_LEASE_SECONDS: "60" })
      const newcomer = yield* upload("new.txt", "I am new here.", { as: yield* anotherUser })
      const claimsBefore = yield* claims
      yield* untilComplete({ job_id: String(newcomer.body["job_id"]) })
      const between = (yield* claims) - claimsBefore
      yield* Effect.repeat(claims, { schedule: Schedule.spaced("50 millis"), until: (made) => made >= 20 })
      yield* stop(worker, process)
      const each = ((yield* probes) - before) / (yield* claims)
      yield* must(each < 1_500, `For each claimed job the queue was read ${Math.round(each)} times.`)
      yield* must(between < 200, `${between} others were served before the new user.`)
      return `The queue was read ${
        Math.round(each)
      } times per claimed job; ${between} claims until the new user's job was complete.`
    })
  },
  {
    id: "A35",
    title: "an audit log with 60,000 entries is checked",
    expected: "It consists of many short statements, so that it works for any number of entries.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { ask } = yield* startApi()
      yield* sql`SELECT accessa_audit('key:judge', 'admin', NULL, 'test.made', 'test', n::text, NULL, NULL, NULL, NULL)
        FROM generate_series(1, 60000) n`
      const statements = new Set<string>()
      const look = sql<{ readonly start: string }>`
        SELECT query_start::text AS start FROM pg_stat_activity
        WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%accessa_audit_hash%'`.pipe(
        Effect.map((found) => found.forEach(({ start }) => statements.add(start)))
      )
      const answer = yield* Effect.raceFirst(ask("/api/v1/audit/check"), Effect.forever(look))
      const { broken_entry, entries } = answer.body
      yield* must(answer.status === 200 && broken_entry === null, `It was answered ${answer.text}.`)
      yield* must(typeof entries === "number" && entries >= 60_000, `It checked ${entries} entries.`)
      yield* must(statements.size > 3, `${statements.size} of its statements were seen.`)
      return `${entries} entries; ${statements.size} of its statements were seen under way.`
    })
  }
]
