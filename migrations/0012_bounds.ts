/**
 * Each user's stored and announced bytes, counted as they change, so that a quota check need not sum up history. And a
 * limit on the waiting deliveries of a webhook.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* counters
  yield* uploadsCounted
  yield* documentsCounted
  yield* sql`
    INSERT INTO storage_use (user_id, stored_bytes, open_bytes, open_uploads)
    SELECT user_id, sum(stored), sum(announced), sum(uploads) FROM (
      SELECT user_id, bytes AS stored, 0 AS announced, 0 AS uploads FROM documents
      UNION ALL SELECT user_id, 0, bytes, 1 FROM uploads WHERE state = 'open'
    ) known GROUP BY user_id`
  yield* deliveries
})

/** Only the triggers write it. A row is created with a user's first file and stays. */
const counters = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE storage_use (
      user_id uuid PRIMARY KEY,
      stored_bytes bigint NOT NULL DEFAULT 0,
      open_bytes bigint NOT NULL DEFAULT 0,
      open_uploads int NOT NULL DEFAULT 0
    ) WITH (fillfactor = 50)`
  yield* sql`ALTER TABLE storage_use ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON storage_use TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`
    CREATE POLICY own ON storage_use FOR SELECT TO accessa_user
    USING (user_id = ANY ((SELECT accessa_users())::uuid[]))`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON storage_use TO accessa_service`
  yield* sql`GRANT SELECT ON storage_use TO accessa_user`
})

/**
 * Per statement, so that a batch locks each user's row once and all batches lock in the same order. They run as the owner
 * of the table.
 */
const documentsCounted = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const count = (name: string, rows: string, sign: string) =>
    sql.unsafe(`
      CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        INSERT INTO public.storage_use AS s (user_id, stored_bytes)
        SELECT user_id, ${sign} sum(bytes) FROM ${rows} GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET stored_bytes = s.stored_bytes + excluded.stored_bytes;
        RETURN NULL;
      END $$`).pipe(Effect.andThen(sql.unsafe(`REVOKE EXECUTE ON FUNCTION ${name}() FROM PUBLIC`)))
  yield* count("accessa_count_stored", "came", "+")
  yield* count("accessa_count_deleted", "went", "-")
  yield* sql`
    CREATE TRIGGER counted AFTER INSERT ON documents REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_stored()`
  yield* sql`
    CREATE TRIGGER discounted AFTER DELETE ON documents REFERENCING OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_deleted()`
})

/** An upload counts while it is open; after that, the document it became counts. */
const uploadsCounted = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const count = (name: string, rows: string) =>
    sql.unsafe(`
      CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        INSERT INTO public.storage_use AS s (user_id, open_bytes, open_uploads)
        SELECT user_id, sum(bytes * change), sum(change) FROM (${rows}) changed GROUP BY user_id
        HAVING sum(change) <> 0 ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET open_bytes = s.open_bytes + excluded.open_bytes,
          open_uploads = s.open_uploads + excluded.open_uploads;
        RETURN NULL;
      END $$`).pipe(Effect.andThen(sql.unsafe(`REVOKE EXECUTE ON FUNCTION ${name}() FROM PUBLIC`)))
  const came = "SELECT user_id, bytes, 1 AS change FROM came WHERE state = 'open'"
  const went = "SELECT user_id, bytes, -1 AS change FROM went WHERE state = 'open'"
  yield* count("accessa_count_opened", came)
  yield* count("accessa_count_changed", `${came} UNION ALL ${went}`)
  yield* count("accessa_count_closed", went)
  yield* sql`
    CREATE TRIGGER counted AFTER INSERT ON uploads REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_opened()`
  yield* sql`
    CREATE TRIGGER recounted AFTER UPDATE ON uploads REFERENCING NEW TABLE AS came OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_changed()`
  yield* sql`
    CREATE TRIGGER discounted AFTER DELETE ON uploads REFERENCING OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_closed()`
})

/**
 * A delivery above the limit is recorded as dead: the log shows it, and it can be replayed. Each process sets the limit in
 * the session's `accessa.deliveries_waiting`. The count stops at that many index rows.
 */
const deliveries = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE FUNCTION accessa_deliveries_full(subscription uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
      SELECT EXISTS (
        SELECT FROM webhook_deliveries WHERE subscription_id = $1 AND run_at IS NOT NULL
        OFFSET coalesce(nullif(current_setting('accessa.deliveries_waiting', true), '')::int, 1000) - 1 LIMIT 1
      )
    $$`
  yield* sql`
    CREATE OR REPLACE FUNCTION accessa_tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      kind text := CASE NEW.to_status WHEN 'complete' THEN 'job.complete' ELSE 'job.failed' END;
    BEGIN
      INSERT INTO webhook_deliveries (subscription_id, user_id, job_id, event, payload, status, run_at, last_error)
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
      ), CASE WHEN waiting.full THEN 'dead' ELSE 'pending' END, CASE WHEN NOT waiting.full THEN now() END,
        CASE WHEN waiting.full THEN 'Too many deliveries of this webhook were waiting already.' END
      FROM upload_jobs j JOIN webhook_subscriptions s ON s.user_id = j.user_id
      CROSS JOIN LATERAL (SELECT accessa_deliveries_full(s.subscription_id) AS "full") waiting
      WHERE j.job_id = NEW.job_id AND s.active AND kind = ANY (s.events)
      FOR KEY SHARE OF s;
      IF FOUND THEN PERFORM pg_notify('accessa_webhooks', ''); END IF;
      RETURN NULL;
    END $$`
})
