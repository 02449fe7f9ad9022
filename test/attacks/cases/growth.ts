/** What would grow forever if it were not removed. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { count, must, untilCount } from "../../faults/judge.ts"
import { World } from "../../faults/World.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "A25",
    title: "two-year-old rows in every table that grows with documents, calls or requests",
    expected: "Within a minute a worker removes what is no longer needed, and nothing else.",
    minutes: 2,
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { start } = yield* World
      const { ask, upload } = yield* startApi()
      const [old, recent] = [yield* upload("old.txt", "old"), yield* upload("recent.txt", "recent")]
      for (const { body } of [old, recent]) yield* ask(`/api/v1/jobs/${body["job_id"]}/cancel`, { method: "POST" })
      const job = String(old.body["job_id"])
      yield* sql`UPDATE upload_jobs SET created_at = now() - interval '2 years',
        processing_completed_at = now() - interval '2 years' WHERE job_id = ${job}`
      yield* sql`UPDATE job_events SET created_at = now() - interval '2 years' WHERE job_id = ${job}`
      for (const age of ["2 years", "0 days"]) {
        yield* sql`INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256, received_at)
          VALUES ('llamaparse', ${age}, gen_random_uuid(), 'x', 'x', now() - ${age}::interval)`
        yield* sql`INSERT INTO embedding_ledger (call_id, user_id, embed_model, embed_version, state, chunks, tokens, cost_usd,
          created_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'm', '1', 'paid', 0, 1, 0, now() - ${age}::interval)`
        yield* sql`INSERT INTO alerts (key, code, message, closed_at)
          VALUES (${age}, 'EMBED_AUTH', 'x', now() - ${age}::interval)`
        yield* sql`INSERT INTO budget_spend
          VALUES (gen_random_uuid(), date_trunc('month', now() - ${age}::interval)::date, 1)`
        yield* sql`INSERT INTO idempotency_keys (user_id, idempotency_key, holder, locked_until, expires_at)
          VALUES (gen_random_uuid(), ${age}, gen_random_uuid(), now(), now() + interval '1 hour' - ${age}::interval)`
        yield* sql`INSERT INTO api_keys (key_id, user_id, role, name, prefix, secret_sha256, expires_at)
          VALUES (gen_random_uuid(), gen_random_uuid(), 'user', 'x', ${age}, 'x', now() - ${age}::interval)`
        yield* sql`INSERT INTO claim_turns (user_id, claimed_at) VALUES (gen_random_uuid(), now() - ${age}::interval)`
      }
      const aged = (than: string) => `
        SELECT (SELECT count(*) FROM webhook_receipts WHERE received_at ${than})
          + (SELECT count(*) FROM embedding_ledger WHERE created_at ${than})
          + (SELECT count(*) FROM alerts WHERE closed_at ${than})
          + (SELECT count(*) FROM budget_spend WHERE month ${than})
          + (SELECT count(*) FROM idempotency_keys WHERE expires_at ${than})
          + (SELECT count(*) FROM api_keys WHERE expires_at ${than})
          + (SELECT count(*) FROM claim_turns WHERE claimed_at ${than})
          + (SELECT count(*) FROM job_events WHERE created_at ${than})`
      const before = yield* count(aged("< now() - interval '1 year'"))
      yield* must(before === 9, `There are ${before} old rows to begin with.`)
      yield* start("worker")
      yield* untilCount(
        "rows of two years ago",
        aged("< now() - interval '1 year'"),
        (left) => left === 0,
        "45 seconds"
      )
      yield* untilCount("rows of today", aged("> now() - interval '40 days'"), (left) => left === 9, "1 second")
      const shown = yield* ask(`/api/v1/jobs/${job}`)
      const events = yield* ask(`/api/v1/jobs/${job}/events`)
      const explained = yield* ask(`/api/v1/jobs/${job}/explain`)
      yield* must(shown.body["error_code"] === "CANCELLED", `The job is shown as ${shown.text}.`)
      yield* must(events.status === 200 && explained.status === 200, `Its history is answered ${explained.text}.`)
      return "All nine old rows were removed, all nine new ones kept; the old job still says how it ended."
    })
  }
]
