/** Which rows expire when, kind by kind. A kind is never due without its row in `upkeep`, which a migration inserts (0019). */
import { Duration } from "effect"
import type { SqlClient } from "effect/sql"
import type { Kept } from "../../../services/Retention.ts"
import { auditSegment, pruneBatch, turnsKept } from "../../../src/policy/retention.ts"
import { removal, round } from "./rounds.ts"

export const expired = (sql: SqlClient.SqlClient, kept: Kept) => {
  const ago = (age: Duration.Duration) => sql`now() - ${Duration.toSeconds(age)}::float8 * interval '1 second'`
  /** Without an age, rows are kept forever. */
  const limit = (age: Duration.Duration | undefined) => age === undefined ? sql`'-infinity'::timestamptz` : ago(age)

  return [
    history(sql, kept.history),
    removal(sql, {
      kind: "spending",
      kept: kept.spending,
      table: "embedding_ledger",
      key: "call_id, state",
      condition: sql`job_id IS NULL AND state <> 'announced' AND created_at < ${limit(kept.spending)}`,
      oldest: "created_at"
    }),
    removal(sql, {
      kind: "months",
      kept: kept.spending,
      table: "budget_spend",
      key: "user_id, month",
      condition: kept.spending === undefined
        ? sql`false`
        : sql`month < date_trunc('month', (${ago(kept.spending)}) AT TIME ZONE 'UTC')::date`,
      oldest: "month"
    }),
    removal(sql, {
      kind: "alerts",
      kept: kept.alerts,
      table: "alerts",
      key: "alert_id",
      condition: sql`closed_at < ${limit(kept.alerts)}`,
      oldest: "closed_at"
    }),
    removal(sql, {
      kind: "keys",
      kept: kept.keys,
      table: "api_keys",
      key: "key_id",
      condition: sql`least(revoked_at, expires_at) < ${limit(kept.keys)}`,
      oldest: "least(revoked_at, expires_at)"
    }),
    removal(sql, {
      kind: "callbacks",
      kept: kept.callbacks,
      table: "webhook_receipts",
      key: "provider, event_id",
      condition: sql`received_at < ${limit(kept.callbacks)}`,
      oldest: "received_at"
    }),
    // Answers carry their own end, which the setting of the API gave them.
    removal(sql, {
      kind: "answers",
      kept: Duration.zero,
      table: "idempotency_keys",
      key: "user_id, idempotency_key",
      condition: sql`expires_at < now()`,
      oldest: "expires_at"
    }),
    removal(sql, {
      kind: "deliveries",
      kept: kept.deliveries,
      table: "webhook_deliveries",
      key: "delivery_id",
      condition: sql`run_at IS NULL AND updated_at < ${limit(kept.deliveries)}`,
      oldest: "updated_at"
    }),
    // A few hundred rows: each start of a worker adds one.
    removal(sql, {
      kind: "workers",
      kept: kept.workers,
      table: "workers",
      key: "worker_id",
      condition: sql`heartbeat_at < ${limit(kept.workers)}`,
      oldest: "heartbeat_at"
    }),
    removal(sql, {
      kind: "turns",
      kept: turnsKept,
      table: "claim_turns",
      key: "user_id",
      condition: sql`due_at IS NULL AND coalesce(claimed_at, '-infinity') < ${ago(turnsKept)}`,
      oldest: "coalesce(claimed_at, '-infinity')"
    }),
    removal(sql, {
      kind: "samples",
      kept: kept.samples,
      table: "capacity_samples",
      key: "at, subject",
      condition: sql`at < ${limit(kept.samples)}`,
      oldest: "at"
    }),
    // The function refuses to move entries that do not continue the chain.
    round(sql, {
      kind: "audit",
      kept: kept.audit,
      work: sql`moved AS MATERIALIZED (SELECT accessa_archive_audit(${
        limit(kept.audit)
      }, ${auditSegment}) AS entries FROM turn)`,
      removed: sql`(SELECT entries FROM moved)`,
      more: sql`(SELECT entries FROM moved) = ${auditSegment}`
    })
  ]
}

/** Events are numbered in order. The place is kept, so that the history of unfinished jobs is not read each time. */
const history = (sql: SqlClient.SqlClient, kept: Duration.Duration | undefined) => {
  const limit = kept === undefined
    ? sql`'-infinity'::timestamptz`
    : sql`now() - ${Duration.toSeconds(kept)}::float8 * interval '1 second'`
  const reached = sql`(SELECT count(*) = ${pruneBatch} AND max(created_at) < ${limit} FROM oldest)`
  return round(sql, {
    kind: "history",
    kept,
    work: sql`oldest AS MATERIALIZED (
      SELECT event_id, job_id, created_at FROM job_events WHERE event_id > (SELECT place FROM turn)
      ORDER BY event_id LIMIT ${pruneBatch}
    ), gone AS (
      DELETE FROM job_events WHERE event_id IN (
        SELECT event_id FROM oldest o WHERE created_at < ${limit} AND NOT EXISTS (
          SELECT FROM upload_jobs j WHERE j.job_id = o.job_id
            AND (j.processing_completed_at IS NULL OR j.processing_completed_at >= ${limit})
        )
      ) RETURNING 1 AS one
    )`,
    removed: sql`(SELECT count(*) FROM gone)::int`,
    more: reached,
    place: sql`CASE WHEN ${reached} THEN (SELECT max(event_id) FROM oldest) ELSE 0 END`
  })
}
