/** The heartbeat: leases, the worker's row, and the election of the sweeper, in one statement. */
import type { SqlClient } from "effect/sql"
import type { WorkerBeat } from "../../../services/JobQueue.ts"
import { beatsKept } from "../../../src/policy/worker.ts"

interface Times {
  readonly leaseMs: number
  readonly sweeperMs: number
}

/**
 * A job locked by a long transaction is skipped: waiting for it would cost the others their leases. Two sweepers at once would
 * only do the same work twice, so the election has no fence.
 */
export const writeBeat = (sql: SqlClient.SqlClient, beat: WorkerBeat, { leaseMs, sweeperMs }: Times, clock: number) =>
  sql<object>`
    WITH extended AS (
      UPDATE upload_jobs SET lease_until = now() + ${leaseMs}::float8 * interval '1 millisecond'
      WHERE job_id IN (
        SELECT job_id FROM upload_jobs
        WHERE lease_until IS NOT NULL AND lease_owner = ${beat.workerId}
          AND job_id = ANY(${beat.holds}::uuid[])
        FOR UPDATE SKIP LOCKED
      )
    ), elected AS (
      UPDATE sweeper SET worker_id = ${beat.workerId},
        until = now() + ${beat.state === "stopped" ? 0 : sweeperMs}::float8 * interval '1 millisecond'
      WHERE single AND (worker_id = ${beat.workerId} OR (until <= now() AND ${beat.state !== "stopped"}))
      RETURNING 1
    ), written AS (
      INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes, rate_limits, beats, clock_ahead_ms)
      VALUES (${beat.workerId}, ${beat.hostname}, ${beat.pid}, ${beat.version}, ${beat.state}, ${beat.holds.length},
        ${beat.staleWrites}, ${
    JSON.stringify(beat.rateLimits)
  }::jsonb, ARRAY[now()], greatest(-2e9, least(2e9, ${clock}::float8 - extract(epoch FROM clock_timestamp()) * 1000))::int)
      ON CONFLICT (worker_id) DO UPDATE SET state = excluded.state, jobs = excluded.jobs,
        stale_writes = excluded.stale_writes, clock_ahead_ms = excluded.clock_ahead_ms, heartbeat_at = now(),
        rate_limits = excluded.rate_limits, beats = (ARRAY[now()] || workers.beats)[1:${beatsKept}::int]
      RETURNING clock_ahead_ms
    )
    SELECT EXISTS (SELECT FROM elected) AS is_sweeper,
      EXISTS (SELECT FROM claim_turns WHERE due_at <= now()) AS may_be_due,
      (SELECT clock_ahead_ms FROM written) AS clock_ahead_ms`
