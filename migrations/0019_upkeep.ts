/**
 * What keeps the database small, and says so: a row per kind of rows that expire, sizes by the hour, and an archive in which old
 * entries of the audit log stay part of the chain.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Locked for the length of a round, so that one process at a time removes rows of a kind.
  yield* sql`
    CREATE TABLE upkeep (
      kind text PRIMARY KEY,
      -- NULL: forever.
      kept interval,
      since timestamptz NOT NULL DEFAULT now(),
      run_at timestamptz NOT NULL DEFAULT now(),
      ran_at timestamptz,
      -- The last round that left nothing to do.
      caught_up_at timestamptz,
      removed bigint NOT NULL DEFAULT 0,
      -- Where the next round over the events begins.
      place bigint NOT NULL DEFAULT 0
    ) WITH (fillfactor = 50)`
  yield* sql`
    INSERT INTO upkeep (kind) VALUES ('history'), ('spending'), ('months'), ('alerts'), ('keys'), ('callbacks'), ('answers'),
      ('deliveries'), ('workers'), ('turns'), ('samples'), ('audit'), ('sizes'), ('spending_hours')`
  yield* sql`
    CREATE TABLE capacity_samples (
      at timestamptz NOT NULL,
      -- A table, \`database\`, or \`files\` for the stored documents.
      subject text NOT NULL,
      rows bigint NOT NULL,
      bytes bigint NOT NULL,
      PRIMARY KEY (at, subject)
    )`
  // The ledger by the hour, once an hour is over.
  yield* sql`
    CREATE TABLE spending_hours (
      hour timestamptz NOT NULL,
      embed_model text NOT NULL,
      document boolean NOT NULL,
      state text NOT NULL,
      calls bigint NOT NULL,
      chunks bigint NOT NULL,
      tokens bigint NOT NULL,
      usd float8 NOT NULL,
      PRIMARY KEY (hour, embed_model, document, state)
    )`
  for (const table of ["upkeep", "capacity_samples", "spending_hours"]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_service`)
  }
  // How far the worker's clock is ahead of the database's.
  yield* sql`ALTER TABLE workers ADD COLUMN clock_ahead_ms integer`
  yield* failures
  yield* archive
})

/**
 * What failed jobs are counted and grouped by, kept with the job while it has failed, so that an index alone answers for thousands
 * of them. The index has no column that an ordinary move changes.
 */
const failures = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE upload_jobs ADD COLUMN failure jsonb`
  // The fingerprint is that of the message without its numbers, ids and quoted names.
  yield* sql`
    CREATE FUNCTION accessa_failure(job upload_jobs) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
      SELECT CASE WHEN job.resume_status IS NOT NULL THEN jsonb_build_object(
        'status', job.status, 'code', job.last_error->>'code', 'texts', (job.parsed_path IS NOT NULL)::int,
        'fingerprint', left(md5(regexp_replace(job.last_error->>'message',
          '"[^"]*"|“[^”]*”|[0-9a-fA-F-]{8,}|[0-9]+', '#', 'g')), 8),
        'chunks', (job.progress->>'chunks_done')::int, 'vectors', (job.progress->>'embeds_done')::int,
        'left_usd', greatest(0, coalesce((job.embedding_plan->>'estimated_cost_usd')::float8, 0) - job.cost_usd)) END
    $$`
  yield* sql`
    CREATE FUNCTION accessa_note_failure() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      NEW.failure := public.accessa_failure(NEW);
      RETURN NEW;
    END $$`
  for (const name of ["accessa_failure(upload_jobs)", "accessa_note_failure()"]) {
    yield* sql.unsafe(`REVOKE ALL ON FUNCTION ${name} FROM PUBLIC`)
    yield* sql.unsafe(`GRANT EXECUTE ON FUNCTION ${name} TO accessa_service, accessa_user`)
  }
  yield* sql`
    CREATE TRIGGER failure_noted BEFORE UPDATE ON upload_jobs FOR EACH ROW
    WHEN (NEW.resume_status IS NOT NULL OR OLD.resume_status IS NOT NULL) EXECUTE FUNCTION accessa_note_failure()`
  yield* sql`UPDATE upload_jobs SET resume_status = resume_status WHERE resume_status IS NOT NULL`
  yield* sql`DROP INDEX upload_jobs_failed`
  yield* sql`
    CREATE INDEX upload_jobs_failed ON upload_jobs (created_at DESC, job_id DESC)
    INCLUDE (user_id, processing_completed_at, failure) WHERE resume_status IS NOT NULL`
})

/** Only the function below writes the archive, and entries leave the log only into it. */
const archive = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE audit_archives (
      first_entry bigint PRIMARY KEY,
      last_entry bigint NOT NULL UNIQUE,
      previous_hash text NOT NULL,
      last_hash text NOT NULL,
      archived_at timestamptz NOT NULL DEFAULT now(),
      -- Rows of audit_log, compressed by the database.
      entries jsonb NOT NULL
    )`
  yield* sql`ALTER TABLE audit_archives ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON audit_archives TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`GRANT SELECT ON audit_archives TO accessa_service`
  yield* sql`
    CREATE TRIGGER kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_archives EXECUTE FUNCTION accessa_audit_refuse()`

  // The newest entry stays in the log: the next one is chained to it.
  yield* sql`
    CREATE FUNCTION accessa_audit_moved() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM public.audit_log) OR EXISTS (
        SELECT FROM went WHERE NOT EXISTS (
          SELECT FROM public.audit_archives a WHERE went.entry_id BETWEEN a.first_entry AND a.last_entry
        )
      ) THEN
        RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NULL;
    END $$`
  yield* sql`DROP TRIGGER kept ON audit_log`
  yield* sql`
    CREATE TRIGGER kept BEFORE UPDATE OR TRUNCATE ON audit_log EXECUTE FUNCTION accessa_audit_refuse()`
  yield* sql`
    CREATE TRIGGER kept_or_archived AFTER DELETE ON audit_log REFERENCING OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION accessa_audit_moved()`

  yield* sql`
    CREATE FUNCTION accessa_archive_audit(older_than timestamptz, most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      last_entry bigint := 0;
      last_hash text := repeat('0', 64);
      segment public.audit_archives;
      broken bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('accessa audit archive', 0));
      SELECT a.last_entry, a.last_hash INTO last_entry, last_hash FROM public.audit_archives a
      ORDER BY a.first_entry DESC LIMIT 1;
      last_entry := coalesce(last_entry, 0);
      last_hash := coalesce(last_hash, repeat('0', 64));

      -- A clock that was set back may leave a newer entry among older ones: what comes before it is moved.
      WITH page AS (
        SELECT e AS entry, e.entry_id, e.hash, bool_and(e.at < older_than) OVER (ORDER BY e.entry_id) AS is_old
        FROM (
          SELECT * FROM public.audit_log WHERE entry_id < (SELECT max(entry_id) FROM public.audit_log)
          ORDER BY entry_id LIMIT most
        ) e
      )
      SELECT min(entry_id), max(entry_id), last_hash, (array_agg(hash ORDER BY entry_id DESC))[1], now(),
        jsonb_agg(to_jsonb(entry) ORDER BY entry_id)
      INTO segment FROM page WHERE is_old;
      IF segment.first_entry IS NULL THEN RETURN 0; END IF;

      WITH page AS (
        SELECT e.entry_id, e.previous_hash, e.hash, public.accessa_audit_hash(e) AS computed
        FROM jsonb_populate_recordset(NULL::public.audit_log, segment.entries) e
      ), chain AS (
        SELECT page.*, last_entry + row_number() OVER (ORDER BY entry_id) AS place,
          lag(hash, 1, last_hash) OVER (ORDER BY entry_id) AS before_hash
        FROM page
      )
      SELECT min(entry_id) INTO broken FROM chain
      WHERE entry_id <> place OR previous_hash <> before_hash OR hash <> computed;
      IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'Entry % of the audit log does not follow from the one before it; it was not archived.', broken
          USING ERRCODE = 'data_corrupted';
      END IF;
      INSERT INTO public.audit_archives VALUES (segment.*);
      DELETE FROM public.audit_log WHERE entry_id <= segment.last_entry;
      RETURN segment.last_entry - segment.first_entry + 1;
    END $$`
  for (const name of ["accessa_audit_moved()", "accessa_archive_audit(timestamptz, int)"]) {
    yield* sql.unsafe(`REVOKE ALL ON FUNCTION ${name} FROM PUBLIC`)
  }
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_archive_audit(timestamptz, int) TO accessa_service`
})
