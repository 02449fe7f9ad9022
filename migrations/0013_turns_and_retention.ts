/**
 * `claim_turns` lists the waiting users in the order of their turns, so that a claim reads only the users it serves:
 * `due_at` says when one of their jobs may be due at the earliest; null means none is waiting. A trigger lowers it whenever
 * a job becomes due, so that no statement can forget to. Only the sweep raises it (`layers/Postgres/jobs/turns.ts`), under
 * a lock that excludes uncommitted readers.
 *
 * Also the indexes for finding expired rows.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  yield* sql`ALTER TABLE claim_turns ALTER COLUMN claimed_at DROP NOT NULL, ADD COLUMN due_at timestamptz`
  yield* sql`ALTER TABLE claim_turns SET (autovacuum_vacuum_scale_factor = 0.02)`
  yield* sql`
    CREATE INDEX claim_turns_waiting ON claim_turns (claimed_at NULLS FIRST, due_at) WHERE due_at IS NOT NULL`
  yield* sql`
    CREATE INDEX claim_turns_idle ON claim_turns (coalesce(claimed_at, '-infinity')) WHERE due_at IS NULL`

  // Documents are accepted, retried and cancelled as their user.
  yield* sql`CREATE POLICY own ON claim_turns TO accessa_user USING (user_id = ANY ((SELECT accessa_users())::uuid[]))`
  yield* sql`GRANT SELECT, INSERT, UPDATE ON claim_turns TO accessa_user`

  // Moves that keep the job claimed return at the first line. A user already due by then is only locked against being set
  // to a later time, which blocks neither another such lock nor a claim. The others are written in one global order.
  yield* sql`
    CREATE FUNCTION accessa_lower_due() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM changed WHERE run_at IS NOT NULL) THEN RETURN NULL; END IF;
      WITH wanted AS (
        SELECT user_id, min(run_at) AS due_at FROM changed WHERE run_at IS NOT NULL GROUP BY user_id
      ), known AS (
        SELECT t.user_id, t.due_at FROM claim_turns t WHERE t.user_id IN (SELECT user_id FROM wanted) FOR KEY SHARE
      )
      INSERT INTO claim_turns AS t (user_id, due_at)
      SELECT w.user_id, w.due_at FROM wanted w
      WHERE NOT EXISTS (SELECT FROM known k WHERE k.user_id = w.user_id AND k.due_at <= w.due_at)
      ORDER BY w.user_id
      ON CONFLICT (user_id) DO UPDATE SET due_at = least(t.due_at, excluded.due_at);
      RETURN NULL;
    END $$`
  yield* sql`
    CREATE TRIGGER due_when_added AFTER INSERT ON upload_jobs REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_lower_due()`
  yield* sql`
    CREATE TRIGGER due_when_changed AFTER UPDATE ON upload_jobs REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_lower_due()`
  yield* sql`
    INSERT INTO claim_turns AS t (user_id, due_at)
    SELECT user_id, min(run_at) FROM upload_jobs WHERE run_at IS NOT NULL GROUP BY user_id
    ON CONFLICT (user_id) DO UPDATE SET due_at = excluded.due_at`

  // Under row security the planner rates the key, which begins with the user, no better than reading all documents of the
  // user.
  yield* sql`CREATE INDEX documents_by_id ON documents (document_id)`

  yield* sql`CREATE INDEX webhook_receipts_by_job ON webhook_receipts (job_id)`
  yield* sql`CREATE INDEX webhook_receipts_by_age ON webhook_receipts (received_at)`
  yield* sql`CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (updated_at) WHERE run_at IS NULL`
  yield* sql`CREATE INDEX embedding_ledger_searches ON embedding_ledger (created_at) WHERE job_id IS NULL`
  yield* sql`CREATE INDEX alerts_closed ON alerts (closed_at) WHERE closed_at IS NOT NULL`
  yield* sql`CREATE INDEX budget_spend_by_month ON budget_spend (month)`
  yield* sql`
    CREATE INDEX api_keys_ended ON api_keys (least(revoked_at, expires_at))
    WHERE least(revoked_at, expires_at) IS NOT NULL`
})
