/** Connections that go silent or are slow, and transactions that must never be open while a provider is awaited. */
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import type { Case } from "../Case.ts"
import { accept, longText, smallText } from "../documents.ts"
import { count, eventually, must, rowOf, secondsUntilComplete, until, untilComplete, untilCount } from "../judge.ts"
import { play } from "../mocks.ts"
import { startProxy } from "../Proxy.ts"
import { fullStack, longLease, proxiedDatabase } from "../stack.ts"
import { watchStatements } from "../Statements.ts"
import { World } from "../World.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "F19",
    title: "statements are ten times slower while an old snapshot is held open",
    expected: "The documents complete more slowly, and no lease is lost.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      const sql = yield* SqlClient.SqlClient
      const { proxy, settings } = yield* proxiedDatabase
      yield* start("mock-openai")
      yield* start("worker", { ...settings, ...longLease })
      const batch = (first: number) =>
        Effect.forEach(Array.from({ length: 20 }), (_, n) => accept(smallText(seed, first + n)), { concurrency: 8 })
      yield* batch(0)
      const quick = yield* secondsUntilComplete(20)
      const snapshot = yield* Effect.forkChild(sql.withTransaction(
        Effect.andThen(sql`SELECT count(*) FROM upload_jobs`, Effect.sleep("5 minutes"))
      ))
      yield* proxy.set({ slowMillis: 20 })
      yield* batch(20)
      const slow = yield* secondsUntilComplete(40)
      yield* Fiber.interrupt(snapshot)
      const crashes = yield* count("SELECT count(*) FROM job_events WHERE type = 'crashed'")
      yield* must(crashes === 0, `${crashes} leases were lost.`)
      return `20 documents in ${quick.toFixed(1)} s, with slow statements in ${slow.toFixed(1)} s; no lease lost.`
    })
  },
  {
    id: "F20",
    title: "the LISTEN connection is half-open",
    expected: "Polling finds new work within its interval of 5 s.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      const { proxy, settings } = yield* proxiedDatabase
      yield* start("mock-openai")
      const listeners = new Set<number>()
      const reading = new Map<number, ReturnType<typeof watchStatements>>()
      // After the answer to LISTEN, nothing comes back on that connection.
      yield* proxy.watch((direction, bytes, connection) => {
        if (direction === "back" && listeners.has(connection)) return new Promise<void>(() => {})
        const statements = reading.get(connection) ?? watchStatements({
          after: (statement) => {
            if (/^LISTEN/i.test(statement)) listeners.add(connection)
          }
        })
        reading.set(connection, statements)
        return statements(direction, bytes, connection)
      })
      yield* start("worker", settings)
      yield* eventually(Effect.sync(() => listeners.size), (size) => size > 0, () => "The worker does not listen.")
      const job = yield* accept(smallText(seed))
      const { seconds } = yield* untilComplete(job, "20 seconds")
      return `${listeners.size} listening connection silent; complete after ${seconds.toFixed(1)} s.`
    })
  },
  {
    id: "F20a",
    title: "a worker's machine vanishes in the middle of a transaction: no FIN, no RST",
    expected: "The locks it held are released, and another worker completes the document within 45 s.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      const { observe, proxy, settings } = yield* proxiedDatabase
      yield* start("mock-openai")
      const vanishing = yield* start("worker", {
        ...settings,
        WORKER_LEASE_SECONDS: "30",
        WORKER_HEARTBEAT_SECONDS: "10"
      })
      let locked = false
      let gone = false
      yield* observe({
        before: (statement) => {
          // From its chunks' insert to its commit it holds a lock on the job's row.
          locked ||= statement.includes("INSERT INTO document_chunk_buffer")
          gone ||= locked && statement === "COMMIT"
          if (!gone) return
          return new Promise<void>(() => {})
        }
      })
      const job = yield* accept(longText(600, seed))
      yield* until(job, "held", () => gone)
      yield* proxy.set("hold")
      yield* vanishing.signal("SIGSTOP")
      yield* start("worker")
      const vanished = yield* rowOf(job)
      yield* untilComplete(job, "45 seconds")
      const end = yield* rowOf(job)
      return `Complete ${(end.seconds - vanished.seconds).toFixed(1)} s after it vanished.`
    })
  },
  {
    id: "I6",
    title: "the providers and the parser delay their answers for seconds",
    expected: "No transaction is open meanwhile.",
    needs: ["postgres"],
    fast: true,
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      const sql = yield* SqlClient.SqlClient
      yield* fullStack()
      yield* play(urls.openai, { openai: [{ on: "embeddings", times: 100, delay: "2s" }] })
      yield* play(urls.llamaparse, {
        llamaparse: [{ on: "file", times: 100, delay: "2s" }, { on: "create", times: 100, delay: "2s" }, {
          on: "get",
          times: 100,
          delay: "2s"
        }]
      })
      const found: Array<string> = []
      let looks = 0
      // Nearly as long as an answer takes: a busy machine may stop the worker for a second.
      const look = sql<{ readonly query: string }>`
        SELECT left(query, 80) AS query FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'accessa%' AND state LIKE 'idle in transaction%'
          AND clock_timestamp() - state_change > interval '1.5 seconds'`.pipe(
        Effect.tap((rows) =>
          Effect.sync(() => {
            looks++
            found.push(...rows.map(({ query }) => query))
          })
        ),
        Effect.delay("50 millis"),
        Effect.forever
      )
      const job = yield* accept(longText(300, seed))
      yield* Effect.raceFirst(untilComplete(job), look)
      yield* must(found.length === 0, `A transaction was open meanwhile, its last statement: ${found[0]}.`)
      return `${looks} samples of pg_stat_activity, no transaction idle for longer than 1.5 s.`
    })
  },
  {
    id: "F33a",
    title: "the connections to the providers go silent, are reset and become slow",
    expected: "Calls are abandoned in bounded time or succeed late; no document fails.",
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      yield* start("mock-openai")
      const embedder = yield* startProxy(Number(urls.openai.port))
      yield* start("worker", { OPENAI_API_URL: `http://127.0.0.1:${embedder.port}/v1` })
      yield* embedder.set({ slowMillis: 200 })
      yield* untilComplete(yield* accept(longText(50, seed)))
      yield* embedder.set("cut")
      const cut = yield* accept(smallText(seed, 1))
      yield* until(cut, "waiting", ({ code }) => code !== null)
      yield* embedder.set("pass")
      yield* untilComplete(cut)
      yield* embedder.set("hold")
      const held = yield* accept(smallText(seed, 2))
      yield* until(held, "embedding", ({ status }) => status === "embedding_in_progress")
      yield* untilCount(
        "calls announced",
        `SELECT count(*) FROM embedding_ledger WHERE job_id = '${held.job_id}' AND state = 'announced'`,
        (announced) => announced > 0
      )
      yield* embedder.reset
      yield* embedder.set("pass")
      yield* untilComplete(held)
      return "Slow, cut, silent and reset connections: three documents complete."
    })
  }
]
