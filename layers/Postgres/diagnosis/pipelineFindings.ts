/** Jobs, workers, clocks and upkeep, from the rows they leave. Each query reads an index or a small table. */
import { Duration, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { type Check, finding } from "../../../src/domain/Finding.ts"
import { clocksApart, diagnosis } from "../../../src/policy/diagnosis.ts"
import { Leases } from "../../../src/policy/leases.ts"
import { behindAfter } from "../../../src/policy/retention.ts"

const checks = {
  jobs: {
    name: "jobs",
    expected: "every open job is due or held by a worker, and due jobs are claimed",
    sound: "none is stuck",
    repair:
      "Look at it with `accessa jobs explain ID`. If no worker runs, start one; if one runs but claims nothing, restart it. "
      + "A job that is neither due nor held: `accessa jobs cancel ID`, then `accessa jobs retry ID`."
  },
  workers: {
    name: "workers",
    expected: "every worker that fell silent has been replaced",
    sound: "none is missing",
    repair: "Look at its log and its host, and start it again with `pnpm worker`."
  },
  clocks: {
    name: "clocks",
    expected: `the clocks of workers and database are less than ${Duration.format(clocksApart)} apart`,
    sound: "those of workers and database agree",
    repair: "Synchronize the clocks by NTP: signed addresses, callbacks and logs depend on them."
  },
  retention: {
    name: "retention",
    expected: `expired rows are gone within ${Duration.format(behindAfter)}`,
    sound: "nothing expired is left",
    repair:
      "Look for \"Could not remove expired rows\" in the worker's log. If it is only behind, it catches up at night; "
      + "see docs/retention.md."
  },
  sweeps: {
    name: "sweeps",
    expected: "a worker looks for orphaned objects every hour",
    sound: "the last one was on time",
    repair: "Look for \"sweep of objects failed\" in the worker's log."
  }
} as const satisfies Record<string, Check>

const milliseconds = (sql: SqlClient.SqlClient, duration: Duration.Duration) =>
  sql`${Duration.toMillis(duration)}::float8 * interval '1 millisecond'`

interface Fault {
  readonly check: keyof typeof checks
  readonly fault: string
}

export const pipelineFindings = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const { silentAfter } = yield* Leases
  const silence = sql`now() - ${milliseconds(sql, silentAfter)}`
  const faults = yield* sql<Fault>`
    WITH alive AS MATERIALIZED (
      SELECT * FROM workers WHERE state <> 'stopped' AND heartbeat_at >= ${silence}
    ), gone AS MATERIALIZED (
      -- A container gets a new host name each time: as many as fell silent must have started since.
      SELECT *, row_number() OVER (ORDER BY heartbeat_at DESC) AS nth FROM workers
      WHERE state <> 'stopped' AND heartbeat_at < ${silence}
    ), settled AS MATERIALIZED (
      SELECT FROM alive WHERE started_at < now() - ${milliseconds(sql, diagnosis.settled)} LIMIT 1
    )
    (SELECT 'jobs' AS "check", format('job %s is neither due nor held nor ended', job_id) AS fault FROM upload_jobs
      WHERE run_at IS NULL AND lease_until IS NULL AND processing_completed_at IS NULL
        AND created_at < now() - ${milliseconds(sql, diagnosis.stuck)} ORDER BY created_at LIMIT 20)
    UNION ALL
    (SELECT 'jobs', format('the lease of job %s ended %s s ago, and nothing took it over', job_id,
        extract(epoch FROM now() - lease_until)::int) FROM upload_jobs
      WHERE lease_until < now() - ${milliseconds(sql, diagnosis.stuck)} ORDER BY lease_until LIMIT 20)
    UNION ALL
    (SELECT 'jobs', format('job %s has been due for %s s, and no job has moved for %s s', due.job_id,
        extract(epoch FROM now() - due.run_at)::int, extract(epoch FROM now() - moved.created_at)::int)
      FROM (SELECT job_id, run_at FROM upload_jobs WHERE run_at < now() - ${milliseconds(sql, diagnosis.idle)}
        ORDER BY run_at LIMIT 1) due,
        (SELECT created_at FROM job_events ORDER BY event_id DESC LIMIT 1) moved
      WHERE moved.created_at < now() - ${milliseconds(sql, diagnosis.idle)})
    UNION ALL
    (SELECT 'workers', format('worker %s on %s has been silent for %s s', worker_id, hostname,
        extract(epoch FROM now() - heartbeat_at)::int) FROM gone
      WHERE NOT EXISTS (
        SELECT FROM alive WHERE alive.hostname = gone.hostname AND alive.started_at > gone.heartbeat_at
      ) AND nth > (
        SELECT count(*) FROM workers next WHERE next.started_at > gone.heartbeat_at
          AND (next.state = 'stopped' OR next.heartbeat_at >= ${silence})
      ) ORDER BY heartbeat_at DESC LIMIT 20)
    UNION ALL
    (SELECT 'clocks', format('the clock of worker %s on %s is %s s %s the database''s', worker_id, hostname,
        round(abs(clock_ahead_ms) / 1000.0), CASE WHEN clock_ahead_ms < 0 THEN 'behind' ELSE 'ahead of' END) FROM alive
      WHERE abs(clock_ahead_ms) > ${Duration.toMillis(clocksApart)} LIMIT 20)
    UNION ALL
    (SELECT 'retention', CASE WHEN run_at < now() - ${milliseconds(sql, behindAfter)}
        THEN format('%s has been due since %s', kind, to_char(run_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
        ELSE format('%s has had more to remove since %s', kind,
          to_char(coalesce(caught_up_at, since) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')) END
      FROM upkeep, settled WHERE run_at < now() - ${milliseconds(sql, behindAfter)}
        OR coalesce(caught_up_at, since) < ran_at - ${milliseconds(sql, behindAfter)})
    UNION ALL
    (SELECT 'sweeps', format('the sweep of %s has been due since %s', bucket, to_char(run_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
      FROM object_sweeps, settled WHERE run_at < now() - ${milliseconds(sql, behindAfter)})`
  return Object.entries(checks).map(([name, check]) =>
    finding(check, faults.filter((fault) => fault.check === name).map(({ fault }) => fault))
  )
})
