/**
 * Outgoing webhooks: subscriptions and deliveries. A delivery is written by the statement that ends the job, so that none
 * is lost and none reports something that was rolled back.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const everything = "SELECT, INSERT, UPDATE, DELETE"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // For a day after a rotation, the previous secret also signs.
  yield* sql`
    CREATE TABLE webhook_subscriptions (
      subscription_id uuid PRIMARY KEY,
      user_id uuid NOT NULL,
      url text NOT NULL,
      events text[] NOT NULL CHECK (events <@ ARRAY['job.complete', 'job.failed'] AND events <> '{}'),
      secret text NOT NULL,
      previous_secret text,
      previous_until timestamptz,
      active boolean NOT NULL DEFAULT true,
      disabled_reason text,
      disabled_at timestamptz,
      failing_since timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT disabled_is_inactive CHECK (NOT active OR disabled_at IS NULL)
    )`
  yield* sql`
    CREATE INDEX webhook_subscriptions_by_user ON webhook_subscriptions (user_id, created_at DESC, subscription_id DESC)`

  // A claim moves `run_at` past its lease, so that deliveries of dead workers become due without a sweep.
  yield* sql`
    CREATE TABLE webhook_deliveries (
      delivery_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      subscription_id uuid NOT NULL REFERENCES webhook_subscriptions ON DELETE CASCADE,
      user_id uuid NOT NULL,
      job_id uuid,
      event text NOT NULL CHECK (event IN ('job.complete', 'job.failed', 'webhook.test')),
      payload jsonb NOT NULL,
      status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'dead')),
      attempt int NOT NULL DEFAULT 0,
      run_at timestamptz DEFAULT now(),
      lease uuid,
      last_status int,
      last_error text,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pending_is_due CHECK ((status = 'pending') = (run_at IS NOT NULL))
    ) WITH (fillfactor = 70)`
  yield* sql`CREATE INDEX webhook_deliveries_due ON webhook_deliveries (run_at) WHERE run_at IS NOT NULL`
  yield* sql`
    CREATE INDEX webhook_deliveries_due_by_subscription ON webhook_deliveries (subscription_id, run_at)
    WHERE run_at IS NOT NULL`
  yield* sql`
    CREATE INDEX webhook_deliveries_by_subscription
    ON webhook_deliveries (subscription_id, created_at DESC, delivery_id DESC)`

  for (const table of ["webhook_subscriptions", "webhook_deliveries"]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(
      `CREATE POLICY own ON ${table} TO accessa_user USING (user_id = ANY ((SELECT accessa_users())::uuid[]))`
    )
    yield* sql.unsafe(`GRANT ${everything} ON ${table} TO accessa_service`)
  }
  yield* sql.unsafe(`GRANT ${everything} ON webhook_subscriptions TO accessa_user`)
  yield* sql.unsafe("GRANT SELECT, INSERT, UPDATE ON webhook_deliveries TO accessa_user")

  // Runs as the role that ends the job: the pipeline, or the user who cancels it. The lock makes a subscription that is
  // being removed look gone; otherwise its foreign key would fail the job's own move.
  yield* sql`
    CREATE FUNCTION accessa_tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      kind text := CASE NEW.to_status WHEN 'complete' THEN 'job.complete' ELSE 'job.failed' END;
    BEGIN
      INSERT INTO webhook_deliveries (subscription_id, user_id, job_id, event, payload)
      SELECT s.subscription_id, s.user_id, j.job_id, kind, jsonb_build_object(
        'type', kind,
        'timestamp', to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'data', jsonb_build_object(
          'job_id', j.job_id, 'document_id', j.document_id, 'status', NEW.to_status, 'error_code', NEW.code,
          'correlation_id', j.correlation_id, 'receipt', CASE NEW.to_status WHEN 'complete' THEN jsonb_build_object(
            'chunks', NEW.progress->'chunks_total', 'vectors', NEW.progress->'embeds_done',
            'vectors_reused', j.vectors_reused, 'embed_model', j.embed_model, 'embed_version', j.embed_version,
            'parsed_sha256', j.parsed_sha256, 'tokens_paid', j.tokens_paid, 'cost_usd', j.cost_usd
          ) END
        )
      )
      FROM upload_jobs j JOIN webhook_subscriptions s ON s.user_id = j.user_id
      WHERE j.job_id = NEW.job_id AND s.active AND kind = ANY (s.events)
      FOR KEY SHARE OF s;
      IF FOUND THEN PERFORM pg_notify('accessa_webhooks', ''); END IF;
      RETURN NULL;
    END $$`
  yield* sql`
    CREATE TRIGGER tell_webhooks AFTER INSERT ON job_events FOR EACH ROW
    WHEN (
      NEW.to_status IN ('complete', 'failed_parse', 'failed_chunking', 'failed_embedding')
      AND NEW.from_status IS DISTINCT FROM NEW.to_status
    )
    EXECUTE FUNCTION accessa_tell_webhooks()`
})
