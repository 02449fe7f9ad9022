/** The database restarts, goes down, kills its backends, loses its answers, refuses writes, and becomes slow. */
import { Effect, FileSystem } from "effect"
import { SqlClient } from "effect/sql"
import { JobQueue } from "../../../services/JobQueue.ts"
import { ledgerOf } from "../../support/databases/records.ts"
import { aWorker } from "../../support/databases/stores.ts"
import type { Case } from "../Case.ts"
import { accept, longText, smallText } from "../documents.ts"
import { count, eventually, must, rowOf, untilComplete, untilHeld } from "../judge.ts"
import { billed } from "../mocks.ts"
import { embeddingStack, longLease, proxiedDatabase } from "../stack.ts"
import { World } from "../World.ts"

const many = (documents: number) =>
  Effect.gen(function*() {
    const { seed } = yield* World
    return yield* Effect.forEach(
      Array.from({ length: documents }),
      (_, n) => accept(n % 5 === 4 ? longText(300, seed * 1_000 + n) : smallText(seed, n)),
      { concurrency: 8 }
    )
  })

const terminateBackends = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name <> 'judge'`
)

export const cases: ReadonlyArray<Case> = [
  {
    id: "F10",
    title: "two workers claim at the same instant, 1,000 times",
    expected: "Each time the job has exactly one owner.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed } = yield* World
      const sql = yield* SqlClient.SqlClient
      const queue = yield* JobQueue
      const job = yield* accept(smallText(seed))
      const [one, other] = [aWorker(), aWorker()]
      let won = 0
      for (let round = 0; round < 1_000; round++) {
        yield* sql`UPDATE upload_jobs SET run_at = now(), lease_owner = NULL, lease_until = NULL WHERE job_id = ${job.job_id}`
        const claims = yield* Effect.all([queue.claim(one, 5), queue.claim(other, 5)], { concurrency: "unbounded" })
        const owners = claims.filter((claimed) => claimed.length > 0).length
        yield* must(owners === 1, `Round ${round} has ${owners} owners.`)
        if ((claims[0]?.length ?? 0) > 0) won++
      }
      const { fence } = yield* rowOf(job)
      yield* must(fence === 1_000, `After 1,000 claims the fence is ${fence}.`)
      return `1,000 claims with one owner each; ${won} to ${1_000 - won}.`
    })
  },
  {
    id: "F12",
    title: "Postgres restarts every 5 s, six times, while 25 documents are processed",
    expected: "The workers reconnect, and every document completes.",
    needs: ["server"],
    run: Effect.gen(function*() {
      const { server, start } = yield* World
      yield* embeddingStack({ MOCK_OPENAI_DELAY: "0.5" })
      yield* start("worker")
      const jobs = yield* many(25)
      if (server !== undefined) {
        const restart = Effect.andThen(server.stop("immediate"), server.start)
        yield* restart.pipe(Effect.delay("5 seconds"), Effect.repeat({ times: 5 }))
      }
      yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
      return `${jobs.length} documents complete after six restarts.`
    })
  },
  {
    id: "F13",
    title: "Postgres is down for 20 s",
    expected: "The API answers 503 with Retry-After; it is alive but not ready; afterwards all accepted documents are "
      + "complete.",
    needs: ["server"],
    run: Effect.gen(function*() {
      const { directory, server, start, urls } = yield* World
      const fs = yield* FileSystem.FileSystem
      yield* embeddingStack({ MOCK_OPENAI_DELAY: "1" })
      yield* start("api")
      const jobs = yield* many(10)
      if (server === undefined) return yield* Effect.die(new Error("no server"))
      yield* server.stop("fast")
      const key = (yield* fs.readFileString(`${directory}/local-key`)).trim()
      const get = (path: string) =>
        Effect.promise(() => fetch(new URL(path, urls.api), { headers: { authorization: `Bearer ${key}` } }))
      const alive = yield* get("/health")
      const ready = yield* eventually(
        get("/health/ready"),
        ({ status }) => status === 503,
        ({ status }) => `/health/ready answers ${status}.`
      )
      const list = yield* get("/api/v1/jobs")
      yield* Effect.sleep("20 seconds")
      yield* server.start
      yield* must(alive.status === 200, `/health answered ${alive.status}.`)
      yield* must(ready.headers.has("retry-after"), "/health/ready answered no Retry-After.")
      yield* must(
        list.status === 503 && list.headers.has("retry-after"),
        `/api/v1/jobs answered ${list.status}, Retry-After ${list.headers.get("retry-after")}.`
      )
      yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
      yield* eventually(get("/health/ready"), ({ ok }) => ok, ({ status }) => `/health/ready answers ${status}.`)
      return `Alive ${alive.status}, ready ${ready.status}, jobs ${list.status}; ${jobs.length} documents complete afterwards.`
    })
  },
  {
    id: "F14",
    title: "every backend is terminated again and again between statements",
    expected: "Each unit of work is done completely or not at all, and is repeated: every document is complete.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      yield* embeddingStack()
      const jobs = yield* many(20)
      const rounds = 12
      yield* terminateBackends.pipe(Effect.delay("400 millis"), Effect.repeat({ times: rounds - 1 }))
      yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
      return `${jobs.length} documents complete through ${rounds} rounds of pg_terminate_backend.`
    })
  },
  {
    id: "F15",
    title: "the statement is executed, but its answer is lost",
    expected: "The worker reads the current state: nothing is done or bought twice, and the document is complete.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const { observe, proxy, settings } = yield* proxiedDatabase
      yield* start("mock-openai")
      yield* start("worker", settings)
      const points = [
        "INSERT INTO document_vector_buffer",
        "INSERT INTO embedding_ledger",
        "COMMIT",
        "'complete'",
        "due AS"
      ]
      for (const [index, what] of points.entries()) {
        let statement: string | undefined
        yield* observe({
          after: (passed) => {
            if (statement !== undefined || !passed.includes(what)) return
            statement = passed
            Effect.runFork(proxy.reset)
            return new Promise<void>(() => {})
          }
        })
        const before = yield* billed(urls.openai)
        const job = yield* accept(longText(300, seed * 1_000 + index))
        yield* untilComplete(job)
        yield* must(statement !== undefined, `No statement had ${what}.`)
        const after = yield* billed(urls.openai)
        const { lost, paid } = yield* ledgerOf(job.job_id)
        yield* must(
          after.requests - before.requests <= paid.calls + lost.calls,
          `${what}: ${
            after.requests - before.requests
          } calls were billed, ${paid.calls} are paid and ${lost.calls} lost.`
        )
      }
      return `${points.length} answers lost, each document complete, every call in the ledger.`
    })
  },
  {
    id: "F16",
    title: "deadlocks and serialization failures",
    expected: "The statement's job is retried, at most three times, and completes.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed } = yield* World
      const sql = yield* SqlClient.SqlClient
      yield* embeddingStack()
      yield* sql`CREATE SEQUENCE fault_count`
      yield* sql`GRANT USAGE ON fault_count TO PUBLIC`
      yield* sql`CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        CASE nextval('fault_count')
          WHEN 1, 3 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
          WHEN 2 THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
          ELSE RETURN NEW;
        END CASE; END $$`
      yield* sql`CREATE TRIGGER fault BEFORE INSERT ON document_vector_buffer FOR EACH STATEMENT EXECUTE FUNCTION fault()`
      const job = yield* accept(smallText(seed))
      yield* untilComplete(job)
      const failures = yield* count("SELECT last_value FROM fault_count")
      yield* must(failures >= 4, `Only ${failures} statements met the fault.`)
      return "Three failures of one statement, then complete."
    })
  },
  {
    id: "F17",
    title: "the pool's only connection is held for longer than a lease",
    expected: "The heartbeat goes over the connection that listens: no job is taken away, and all are complete.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* embeddingStack({ ...longLease, DATABASE_CONNECTIONS: "1" })
      const jobs = yield* many(10)
      yield* untilHeld()
      yield* sql.withTransaction(Effect.gen(function*() {
        yield* sql`LOCK TABLE document_chunk_buffer, document_vector_buffer IN ACCESS EXCLUSIVE MODE`
        yield* Effect.sleep("15 seconds")
      }))
      yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
      const crashes = yield* count("SELECT count(*) FROM job_events WHERE type = 'crashed'")
      yield* must(crashes === 0, `${crashes} jobs were treated as those of a dead worker.`)
      return `${jobs.length} documents complete, no lease lost in 15 s.`
    })
  },
  {
    id: "F18",
    title: "the database becomes read-only for 10 s",
    expected: "Nothing is lost and nothing fails: afterwards every document is complete.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const [{ name } = { name: "" }] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
      yield* embeddingStack({ MOCK_OPENAI_DELAY: "0.5" })
      const jobs = yield* many(15)
      yield* untilHeld()
      yield* sql.unsafe(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      yield* terminateBackends
      yield* Effect.sleep("10 seconds")
      yield* sql.unsafe(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
      yield* terminateBackends
      yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
      return `${jobs.length} documents complete.`
    })
  }
]
