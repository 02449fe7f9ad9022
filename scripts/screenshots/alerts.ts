/** Alerts in every state, and the monitor that judged them. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { users } from "./documents.ts"
import { workers } from "./makeJobs.ts"

/** Rule, subject, code, severity, message, how often seen, and how long ago it opened, fired and ended, in seconds. */
type Row = readonly [string, string, string, string, string, number, number, number | null, number | null]

const [silent] = workers
const rows: ReadonlyArray<Row> = [
  [
    "CIRCUIT_OPEN",
    "parser",
    "PARSER_UNAVAILABLE",
    "critical",
    "The parser is unavailable.",
    31,
    180_000,
    180_000,
    179_600
  ],
  ["LATENCY", "", "LATENCY", "warning", "Documents take 2.4 times as long as usual.", 9, 96_000, 95_700, 94_200],
  [
    "BUDGET_USED_UP",
    users[3] ?? "",
    "BUDGET_USED_UP",
    "critical",
    "User c77a1f09 has used this month's budget of $0.50.",
    44,
    11_000,
    11_000,
    null
  ],
  [
    "ERROR_BURST",
    "EMBED_RATE_LIMITED",
    "ERROR_BURST",
    "warning",
    "EMBED_RATE_LIMITED occurred 47 times in 5 minutes.",
    12,
    4_900,
    4_870,
    null
  ],
  [
    "WORKER_SILENT",
    silent.id,
    "WORKER_SILENT",
    "warning",
    "Worker 7c1e4b02 on ingest-1 is silent; its jobs go to other workers.",
    5,
    80,
    50,
    null
  ],
  ["SUCCESS_RATE", "", "SUCCESS_RATE", "critical", "94.6 % of the jobs of 15 minutes completed.", 2, 40, null, null]
]

export const alerts = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Taken from the stack's own monitor, which would resolve what is made up.
  yield* sql`INSERT INTO monitor_lease (name, holder, hostname, version, lease_until)
    VALUES ('alerts', gen_random_uuid(), 'monitor-1', '2026.11.27-1', now() + interval '1 minute')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, hostname = excluded.hostname, version = excluded.version,
      lease_until = excluded.lease_until, fence = monitor_lease.fence + 1`
  yield* sql`DELETE FROM alerts`
  for (const [rule, subject, code, severity, message, count, opened, fired, ended] of rows) {
    const ago = (seconds: number | null) =>
      seconds === null ? sql`NULL::timestamptz` : sql`now() - ${seconds}::float8 * interval '1 second'`
    yield* sql`INSERT INTO alerts (rule, subject, key, code, severity, message, count, opened_at, fired_at, seen_at, closed_at)
      VALUES (${rule}, ${subject}, ${`${rule}:${subject}`}, ${code}, ${severity}, ${message}, ${count}, ${ago(opened)},
        ${ago(fired)}, ${ago(ended ?? 1)}, ${ago(ended)})`
  }
  yield* sql`INSERT INTO alert_deliveries (alert_id, sink, state, level, notice, attempts, run_at, delivered_at, last_error, created_at)
    SELECT alert_id, sink, 'firing', level, '{}', attempts, CASE WHEN delivered OR attempts > 8 THEN NULL ELSE now() + interval '41 s' END,
      CASE WHEN delivered THEN fired_at + interval '2 s' END, last_error, fired_at
    FROM alerts, LATERAL (VALUES ('slack', 'team', 1, true, NULL), ('log', 'team', 1, true, NULL),
      ('webhook', 'team', 3, false, 'The address answered 502.')) AS v(sink, level, attempts, delivered, last_error)
    WHERE closed_at IS NULL AND fired_at IS NOT NULL`
})

/** As the monitor would, every few seconds. */
export const judge = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE monitor_lease SET beat_at = now(), judged_at = now(), lease_until = now() + interval '1 minute'`
})
