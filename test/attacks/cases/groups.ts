/** Shared work for several users, one of whom disrupts it. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { embeddingBatch } from "../../../src/policy/limits.ts"
import { anotherUser } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { count, must, untilComplete, untilCount, untilEnded } from "../../faults/judge.ts"
import { play } from "../../faults/mocks.ts"
import { World } from "../../faults/World.ts"
import { letter, startHosted, uploadAll, uploadAsNewUser } from "../hosted.ts"

const openCircuits = count("SELECT count(*) FROM providers WHERE state <> 'closed'")

/** Made of one-token words, so that the actual cost equals the estimate. */
const plain = (n: number) =>
  `# Letter ${n}\n\nThe insurance policy covers water damage in the cellar of the house, and the costs of drying it.\n`

export const cases: ReadonlyArray<Case> = [
  {
    id: "A5",
    title: "ten documents of one user that the parser accepts and then fails",
    expected: "Other users' documents are complete within seconds, and no circuit opens.",
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const stack = yield* startHosted()
      const ids = Array.from({ length: 10 }, () => randomUUID())
      yield* play(urls.llamaparse, {
        llamaparse: ids.map((document_id) => ({
          on: "job",
          match: { document_id },
          times: 1_000,
          fail: "INTERNAL_ERROR"
        }))
      })
      const as = yield* anotherUser
      yield* Effect.forEach(
        ids,
        (document_id) => stack.upload("bad.md", letter("hail"), { as, fields: { document_id } }),
        { concurrency: 4 }
      )
      yield* untilCount(
        "documents whose parse has failed",
        "SELECT count(DISTINCT job_id) FROM job_events WHERE type = 'retry_scheduled' OR to_status LIKE 'failed%'",
        (seen) => seen >= 10
      )
      const others = yield* Effect.forEach([1, 2, 3, 4], () => uploadAsNewUser(stack, "good.md", letter("fire")))
      const ends = yield* Effect.forEach(others, (job) => untilComplete(job, "40 seconds"), { concurrency: 4 })
      yield* must((yield* openCircuits) === 0, "A circuit is open.")
      return `${others.length} documents of others complete after ${
        Math.max(...ends.map(({ seconds }) => seconds)).toFixed(1)
      } s at the latest.`
    })
  },
  {
    id: "A13",
    title: "300 documents of one chunk, whose vectors arrive in one request",
    expected: "All are complete: notifications about many jobs at once are split.",
    run: Effect.gen(function*() {
      const stack = yield* startHosted({ PARSER: "local", WORKER_CONCURRENCY: "1000", MOCK_OPENAI_DELAY: "12" })
      const as = yield* anotherUser
      // While as many requests as may be incomplete are under way, all others share one.
      for (let requests = 1; requests <= embeddingBatch.concurrency; requests++) {
        yield* uploadAll(stack, [letter("storms")], as)
        yield* untilCount(
          "requests under way",
          "SELECT count(DISTINCT call_id) FROM embedding_ledger WHERE job_id IS NOT NULL",
          (seen) => seen === requests
        )
      }
      yield* uploadAll(stack, Array.from({ length: 300 - embeddingBatch.concurrency }, () => letter("storms")), as)
      yield* untilCount(
        "documents that have ended",
        "SELECT count(*) FROM upload_jobs WHERE status = 'complete' OR status LIKE 'failed%'",
        (ended) => ended === 300,
        "2 minutes"
      )
      const failed = yield* count("SELECT count(*) FROM upload_jobs WHERE status LIKE 'failed%'")
      yield* must(failed === 0, `${failed} of 300 documents failed.`)
      const lost = yield* count("SELECT count(*) FROM embedding_ledger WHERE state = 'lost'")
      yield* must(lost === 0, `${lost} purchases were lost.`)
      const most = yield* count(
        "SELECT max(jobs) FROM (SELECT count(*) AS jobs FROM embedding_ledger WHERE job_id IS NOT NULL GROUP BY call_id) calls"
      )
      yield* must(most > 216, `The largest request was for ${most} documents: too few to need a split notification.`)
      return `All 300 complete; the largest request was for ${most} documents.`
    })
  },
  {
    id: "A14",
    title: "200 texts of one user that the embedding provider refuses, beside six users' valid ones",
    expected: "Every valid document is complete, without waiting while the refused texts are isolated.",
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const stack = yield* startHosted({ PARSER: "local", WORKER_CONCURRENCY: "300", MOCK_OPENAI_DELAY: "0.2" })
      yield* play(urls.openai, {
        openai: [{ on: "embeddings", match: { text: "*forbidden*" }, times: 100_000, reply: { status: 400 } }]
      })
      const as = yield* anotherUser
      const good: Array<{ readonly job_id: string }> = []
      for (let round = 0; round < 4; round++) {
        const [, others] = yield* Effect.all([
          uploadAll(stack, Array.from({ length: 50 }, () => letter("forbidden words")), as),
          Effect.forEach([1, 2, 3, 4, 5, 6], () => uploadAsNewUser(stack, "good.md", letter("frost")), {
            concurrency: 6
          })
        ], { concurrency: "unbounded" })
        good.push(...others)
      }
      const ends = yield* Effect.forEach(good, (job) => untilComplete(job, "60 seconds"), { concurrency: 8 })
      return `${good.length} valid documents complete after ${
        Math.max(...ends.map(({ seconds }) => seconds)).toFixed(1)
      } s at the latest.`
    })
  },
  {
    id: "A16",
    title: "one text that the embedding provider answers with 403, as a gateway's filter would",
    expected: "It fails permanently; the provider is not halted, and ten documents of another user are complete.",
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const stack = yield* startHosted({ PARSER: "local" })
      yield* play(urls.openai, {
        openai: [{ on: "embeddings", match: { text: "*forbidden*" }, times: 100_000, reply: { status: 403 } }]
      })
      const culprit = yield* uploadAsNewUser(stack, "bad.md", letter("forbidden words"))
      const as = yield* anotherUser
      const others = yield* uploadAll(stack, Array.from({ length: 10 }, () => letter("hail")), as)
      yield* Effect.forEach(others, (job) => untilComplete(job, "30 seconds"), { concurrency: 4 })
      const { code, status } = yield* untilEnded(culprit, "30 seconds")
      yield* must(status === "failed_embedding", `The refused document is ${status} (${code}).`)
      yield* must((yield* openCircuits) === 0, "The provider is halted.")
      return `Ten complete; the refused document is ${status} with ${code}.`
    })
  },
  {
    id: "A31",
    title: "forty documents of one user whose budget covers ten",
    expected: "Those within the budget are complete, the others wait, the budget is not exceeded, and waiting "
      + "writes no rows.",
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const stack = yield* startHosted({ PARSER: "local", WORKER_CONCURRENCY: "100", MOCK_OPENAI_DELAY: "1" })
      const as = yield* anotherUser
      const [first] = yield* uploadAll(stack, [plain(0)], as)
      yield* untilComplete(first ?? { job_id: "" })
      yield* sql`
        INSERT INTO budgets (user_id, limit_usd, updated_by)
        SELECT user_id, 11.5 * cost_usd, 'judge' FROM upload_jobs WHERE cost_usd > 0`
      yield* uploadAll(stack, Array.from({ length: 40 }, (_, n) => plain(n + 1)), as)
      yield* untilCount(
        "complete documents",
        "SELECT count(*) FROM upload_jobs WHERE status = 'complete'",
        (complete) => complete >= 8
      )
      yield* untilCount(
        "documents that neither wait nor are complete",
        "SELECT count(*) FROM upload_jobs WHERE status <> 'complete' AND last_error->>'code' IS DISTINCT FROM 'BUDGET_EXCEEDED'",
        (others) => others === 0
      )
      const rows = "SELECT count(*) FROM embedding_ledger"
      const before = yield* count(rows)
      yield* Effect.sleep("20 seconds")
      const written = (yield* count(rows)) - before
      yield* must(written <= 5, `${written} rows were written while the documents waited.`)
      const [over] = yield* sql<{ readonly over: boolean }>`
        SELECT s.spent_usd > b.limit_usd AS over FROM budget_spend s JOIN budgets b USING (user_id)`
      yield* must(over?.over === false, "The budget is exceeded.")
      return `${yield* count(
        "SELECT count(*) FROM upload_jobs WHERE status = 'complete'"
      )} documents complete, ${written} rows written while the others wait.`
    })
  },
  {
    id: "A32",
    title: "large documents of six users, whose vectors two workers store in shared requests",
    expected: "All are complete, and no two statements deadlock.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { start } = yield* World
      const sql = yield* SqlClient.SqlClient
      const stack = yield* startHosted({ PARSER: "local", MOCK_OPENAI_DELAY: "0.1" })
      yield* start("worker", stack.settings)
      const text = () => Array.from({ length: 120 }, () => letter("floods").replace("# ", "## ")).join("\n\n")
      const jobs = yield* Effect.forEach(
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        () => uploadAsNewUser(stack, "long.md", text()),
        { concurrency: 6 }
      )
      yield* Effect.forEach(jobs, (job) => untilComplete(job, "2 minutes"), { concurrency: 6 })
      const [row] = yield* sql<{ readonly deadlocks: number }>`
        SELECT deadlocks::int AS deadlocks FROM pg_stat_database WHERE datname = current_database()`
      yield* must(row?.deadlocks === 0, `${row?.deadlocks} deadlocks.`)
      return "12 documents complete, no deadlock."
    })
  }
]
