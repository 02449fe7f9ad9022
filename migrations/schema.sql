-- What the migrations make of an empty database. Written by scripts/dump-schema.ts.

CREATE EXTENSION vector;

CREATE OR REPLACE FUNCTION public.accessa_alert_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    DECLARE
      changes text[] := '{}';
    BEGIN
      IF TG_OP = 'INSERT' THEN
        changes := changes || CASE WHEN NEW.fired_at IS NULL THEN 'pending' ELSE 'firing' END;
      ELSE
        IF OLD.fired_at IS NULL AND NEW.fired_at IS NOT NULL THEN changes := changes || 'firing'::text; END IF;
        IF OLD.acknowledged_at IS NULL AND NEW.acknowledged_at IS NOT NULL THEN
          changes := changes || 'acknowledged'::text;
        END IF;
        IF OLD.silenced_until IS DISTINCT FROM NEW.silenced_until THEN
          changes := changes || CASE WHEN NEW.silenced_until IS NULL THEN 'unsilenced' ELSE 'silenced' END;
        END IF;
        IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN
          changes := changes || CASE WHEN NEW.fired_at IS NULL THEN 'cleared' ELSE 'resolved' END;
        END IF;
      END IF;
      INSERT INTO public.alert_events (alert_id, type, actor, reason, silenced_until)
      SELECT NEW.alert_id, change, NEW.changed_by, NEW.change_reason,
        CASE WHEN change = 'silenced' THEN NEW.silenced_until END
      FROM unnest(changes) AS change;
      RETURN NULL;
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_alert_changed() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_archive_audit(older_than timestamp with time zone, most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_archive_audit(timestamp with time zone,integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_archive_audit(timestamp with time zone,integer) TO accessa_service;

CREATE OR REPLACE FUNCTION public.accessa_audit(actor text, role text, user_id uuid, action text, target_type text, target_id text, reason text, before jsonb, after jsonb, correlation_id uuid)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      INSERT INTO public.audit_log
        (actor, role, user_id, action, target_type, target_id, reason, before, after, correlation_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      RETURNING entry_id
    $function$;
REVOKE EXECUTE ON FUNCTION accessa_audit(text,text,uuid,text,text,text,text,jsonb,jsonb,uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_audit(text,text,uuid,text,text,text,text,jsonb,jsonb,uuid) TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_audit(text,text,uuid,text,text,text,text,jsonb,jsonb,uuid) TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_audit_chain()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('accessa audit log', 0));
      SELECT entry_id + 1, hash INTO NEW.entry_id, NEW.previous_hash FROM public.audit_log ORDER BY entry_id DESC LIMIT 1;
      IF NOT FOUND THEN
        NEW.entry_id := 1;
        NEW.previous_hash := repeat('0', 64);
      END IF;
      NEW.at := clock_timestamp();
      NEW.hash := public.accessa_audit_hash(NEW);
      RETURN NEW;
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_audit_chain() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_audit_chain() TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_audit_chain() TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_audit_hash(entry audit_log)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
      SELECT encode(sha256(convert_to(jsonb_build_array(
        entry.previous_hash, entry.entry_id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), entry.actor,
        entry.role, entry.user_id, entry.action, entry.target_type, entry.target_id, entry.reason, entry.before,
        entry.after, entry.correlation_id
      )::text, 'UTF8')), 'hex')
    $function$;
REVOKE EXECUTE ON FUNCTION accessa_audit_hash(audit_log) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_audit_hash(audit_log) TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_audit_hash(audit_log) TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_audit_moved()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    BEGIN
      IF NOT EXISTS (SELECT FROM public.audit_log) OR EXISTS (
        SELECT FROM went WHERE NOT EXISTS (
          SELECT FROM public.audit_archives a WHERE went.entry_id BETWEEN a.first_entry AND a.last_entry
        )
      ) THEN
        RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NULL;
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_audit_moved() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'insufficient_privilege';
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_audit_refuse() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_audit_refuse() TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_audit_refuse() TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_count_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      BEGIN
        INSERT INTO public.storage_use AS s (user_id, open_bytes, open_uploads)
        SELECT user_id, sum(bytes * change), sum(change) FROM (SELECT user_id, bytes, 1 AS change FROM came WHERE state = 'open' UNION ALL SELECT user_id, bytes, -1 AS change FROM went WHERE state = 'open') changed GROUP BY user_id
        HAVING sum(change) <> 0 ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET open_bytes = s.open_bytes + excluded.open_bytes,
          open_uploads = s.open_uploads + excluded.open_uploads;
        RETURN NULL;
      END $function$;
REVOKE EXECUTE ON FUNCTION accessa_count_changed() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_count_closed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      BEGIN
        INSERT INTO public.storage_use AS s (user_id, open_bytes, open_uploads)
        SELECT user_id, sum(bytes * change), sum(change) FROM (SELECT user_id, bytes, -1 AS change FROM went WHERE state = 'open') changed GROUP BY user_id
        HAVING sum(change) <> 0 ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET open_bytes = s.open_bytes + excluded.open_bytes,
          open_uploads = s.open_uploads + excluded.open_uploads;
        RETURN NULL;
      END $function$;
REVOKE EXECUTE ON FUNCTION accessa_count_closed() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_count_deleted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      BEGIN
        INSERT INTO public.storage_use AS s (user_id, stored_bytes)
        SELECT user_id, - sum(bytes) FROM went GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET stored_bytes = s.stored_bytes + excluded.stored_bytes;
        RETURN NULL;
      END $function$;
REVOKE EXECUTE ON FUNCTION accessa_count_deleted() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_count_opened()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      BEGIN
        INSERT INTO public.storage_use AS s (user_id, open_bytes, open_uploads)
        SELECT user_id, sum(bytes * change), sum(change) FROM (SELECT user_id, bytes, 1 AS change FROM came WHERE state = 'open') changed GROUP BY user_id
        HAVING sum(change) <> 0 ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET open_bytes = s.open_bytes + excluded.open_bytes,
          open_uploads = s.open_uploads + excluded.open_uploads;
        RETURN NULL;
      END $function$;
REVOKE EXECUTE ON FUNCTION accessa_count_opened() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_count_stored()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      BEGIN
        INSERT INTO public.storage_use AS s (user_id, stored_bytes)
        SELECT user_id, + sum(bytes) FROM came GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET stored_bytes = s.stored_bytes + excluded.stored_bytes;
        RETURN NULL;
      END $function$;
REVOKE EXECUTE ON FUNCTION accessa_count_stored() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_deliveries_full(subscription uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
      SELECT EXISTS (
        SELECT FROM webhook_deliveries WHERE subscription_id = $1 AND run_at IS NOT NULL
        OFFSET coalesce(nullif(current_setting('accessa.deliveries_waiting', true), '')::int, 1000) - 1 LIMIT 1
      )
    $function$;
REVOKE EXECUTE ON FUNCTION accessa_deliveries_full(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_deliveries_full(uuid) TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_deliveries_full(uuid) TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_events_since(since timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
AS $function$
    DECLARE
      place bigint := (SELECT max(event_id) FROM job_events);
      step bigint := 512;
      seen timestamptz;
    BEGIN
      WHILE place > 0 LOOP
        SELECT created_at INTO seen FROM job_events WHERE event_id <= place ORDER BY event_id DESC LIMIT 1;
        EXIT WHEN NOT FOUND OR seen < since;
        place := place - step;
        step := step * 2;
      END LOOP;
      -- Transactions commit out of order: some that came later have a lower number.
      RETURN coalesce(place, 0) - 512;
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_events_since(timestamp with time zone) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_events_since(timestamp with time zone) TO accessa_service;

CREATE OR REPLACE FUNCTION public.accessa_failure(job upload_jobs)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
      SELECT CASE WHEN job.resume_status IS NOT NULL THEN jsonb_build_object(
        'status', job.status, 'code', job.last_error->>'code', 'texts', (job.parsed_path IS NOT NULL)::int,
        'fingerprint', left(md5(regexp_replace(job.last_error->>'message',
          '"[^"]*"|“[^”]*”|[0-9a-fA-F-]{8,}|[0-9]+', '#', 'g')), 8),
        'chunks', (job.progress->>'chunks_done')::int, 'vectors', (job.progress->>'embeds_done')::int,
        'left_usd', greatest(0, coalesce((job.embedding_plan->>'estimated_cost_usd')::float8, 0) - job.cost_usd)) END
    $function$;
REVOKE EXECUTE ON FUNCTION accessa_failure(upload_jobs) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_failure(upload_jobs) TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_failure(upload_jobs) TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_lower_due()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_lower_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_lower_due() TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_lower_due() TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_match_documents(query_embedding vector, match_count integer DEFAULT NULL::integer, filter jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(id uuid, content text, metadata jsonb, similarity double precision)
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT k.id,
     k.text,
     k.metadata,
     ((1)::double precision - (k.embedding <=> accessa_match_documents.query_embedding))
    FROM accessa_chunks k
   WHERE (k.metadata @> accessa_match_documents.filter)
   ORDER BY (k.embedding <=> accessa_match_documents.query_embedding)
  LIMIT LEAST(COALESCE(accessa_match_documents.match_count, 1000), 1000);
END;
REVOKE EXECUTE ON FUNCTION accessa_match_documents(vector,integer,jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_match_documents(vector,integer,jsonb) TO accessa_reader;
GRANT EXECUTE ON FUNCTION accessa_match_documents(vector,integer,jsonb) TO accessa_user;
GRANT EXECUTE ON FUNCTION accessa_match_documents(vector,integer,jsonb) TO authenticated;

CREATE OR REPLACE FUNCTION public.accessa_next_generation()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    BEGIN
      NEW.generation := OLD.generation + 1;
      RETURN NEW;
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_next_generation() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.accessa_note_failure()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    BEGIN
      NEW.failure := public.accessa_failure(NEW);
      RETURN NEW;
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_note_failure() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_note_failure() TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_note_failure() TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_of_release(version text, release text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
      SELECT version = release OR (strpos(version, '+') > 0 AND length(release) >= 7
        AND length(split_part(version, '+', 2)) >= 7 AND (starts_with(split_part(version, '+', 2), release)
          OR starts_with(release, split_part(version, '+', 2))))
    $function$;
REVOKE EXECUTE ON FUNCTION accessa_of_release(text,text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_of_release(text,text) TO accessa_service;

CREATE OR REPLACE FUNCTION public.accessa_open_transactions()
 RETURNS TABLE(pid integer, name text, since timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename::text), a.xact_start FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
        AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
    $function$;
REVOKE EXECUTE ON FUNCTION accessa_open_transactions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_open_transactions() TO accessa_service;

CREATE OR REPLACE FUNCTION public.accessa_readable_users()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    BEGIN
      IF current_user = 'accessa_user' THEN RETURN public.accessa_users(); END IF;
      IF current_user <> 'authenticated' THEN
        RETURN ARRAY(SELECT user_id FROM public.readers WHERE login = session_user);
      END IF;
      IF session_user = 'authenticated' THEN RETURN '{}'; END IF;
      RETURN ARRAY(
        SELECT sub::uuid FROM (
          SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' AS sub
        ) claims WHERE sub ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      );
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_readable_users() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_readable_users() TO accessa_reader;
GRANT EXECUTE ON FUNCTION accessa_readable_users() TO accessa_user;
GRANT EXECUTE ON FUNCTION accessa_readable_users() TO authenticated;

CREATE OR REPLACE FUNCTION public.accessa_tell_webhooks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
    END $function$;
REVOKE EXECUTE ON FUNCTION accessa_tell_webhooks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_tell_webhooks() TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_tell_webhooks() TO accessa_user;

CREATE OR REPLACE FUNCTION public.accessa_users()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT string_to_array(coalesce(current_setting('accessa.users', true), ''), ',')::uuid[] $function$;
REVOKE EXECUTE ON FUNCTION accessa_users() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accessa_users() TO accessa_service;
GRANT EXECUTE ON FUNCTION accessa_users() TO accessa_user;

CREATE OR REPLACE FUNCTION public.match_documents(query_embedding vector, match_count integer DEFAULT NULL::integer, filter jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(id uuid, content text, metadata jsonb, similarity double precision)
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT m.id,
     m.content,
     m.metadata,
     m.similarity
    FROM accessa_match_documents(match_documents.query_embedding, match_documents.match_count, match_documents.filter) m(id, content, metadata, similarity);
END;
REVOKE EXECUTE ON FUNCTION match_documents(vector,integer,jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION match_documents(vector,integer,jsonb) TO accessa_reader;
GRANT EXECUTE ON FUNCTION match_documents(vector,integer,jsonb) TO authenticated;

CREATE VIEW accessa_chunks AS
 SELECT c.chunk_id AS id,
    c.text,
    v.vector AS embedding,
    (d.metadata || jsonb_strip_nulls(jsonb_build_object('document_id', d.document_id, 'filename', d.filename, 'page', (c.meta -> 'page'::text), 'headings', (c.meta -> 'headings'::text), 'ordinal', c.chunk_ord))) AS metadata,
    d.document_id,
    d.filename,
    ((c.meta ->> 'page'::text))::integer AS page,
    (c.meta -> 'headings'::text) AS headings,
    c.chunk_ord AS ordinal,
    d.user_id
   FROM (((upload_jobs j
     JOIN documents d ON (((d.user_id = j.user_id) AND (d.document_id = j.document_id))))
     JOIN document_chunk_buffer c ON (((c.document_id = j.document_id) AND (c.user_id = j.user_id) AND (((c.chunker_name || '@'::text) || c.chunker_version) = j.chunks_version))))
     JOIN document_vector_buffer v ON (((v.chunk_id = c.chunk_id) AND (v.user_id = c.user_id) AND (v.embed_model = j.embed_model) AND (v.embed_version = j.embed_version))))
  WHERE (j.status = 'complete'::text);
ALTER VIEW accessa_chunks OWNER TO accessa_publisher;
GRANT SELECT ON accessa_chunks TO accessa_reader;
GRANT SELECT ON accessa_chunks TO accessa_user;
GRANT SELECT ON accessa_chunks TO authenticated;

CREATE VIEW accessa_llamaindex AS
 SELECT k.id,
    (k.document_id)::text AS external_id,
    c.collection,
    k.text AS document,
    k.metadata,
    k.embedding AS embeddings
   FROM accessa_chunks k,
    ( VALUES ('data'::text)) c(collection);
ALTER VIEW accessa_llamaindex OWNER TO accessa_publisher;
GRANT SELECT ON accessa_llamaindex TO accessa_reader;
GRANT SELECT ON accessa_llamaindex TO authenticated;

CREATE TABLE alert_deliveries (
  delivery_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  alert_id bigint NOT NULL,
  sink text NOT NULL,
  state text NOT NULL,
  level text NOT NULL,
  notice jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamp with time zone DEFAULT now(),
  delivered_at timestamp with time zone,
  last_error text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT alert_deliveries_level_check CHECK ((level = ANY (ARRAY['team'::text, 'lead'::text, 'manager'::text]))),
  CONSTRAINT alert_deliveries_state_check CHECK ((state = ANY (ARRAY['firing'::text, 'acknowledged'::text, 'resolved'::text]))),
  CONSTRAINT alert_deliveries_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(alert_id) ON DELETE CASCADE,
  CONSTRAINT alert_deliveries_pkey PRIMARY KEY (delivery_id),
  CONSTRAINT told_once UNIQUE (alert_id, sink, state, level)
);

CREATE INDEX alert_deliveries_due ON public.alert_deliveries USING btree (run_at) WHERE (run_at IS NOT NULL);

ALTER TABLE alert_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON alert_deliveries TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON alert_deliveries TO accessa_service;

CREATE TABLE alert_events (
  event_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  alert_id bigint NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  type text NOT NULL,
  actor text NOT NULL,
  reason text,
  silenced_until timestamp with time zone,
  CONSTRAINT alert_events_type_check CHECK ((type = ANY (ARRAY['pending'::text, 'firing'::text, 'acknowledged'::text, 'silenced'::text, 'unsilenced'::text, 'resolved'::text, 'cleared'::text]))),
  CONSTRAINT alert_events_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(alert_id) ON DELETE CASCADE,
  CONSTRAINT alert_events_pkey PRIMARY KEY (event_id)
);

CREATE INDEX alert_events_by_alert ON public.alert_events USING btree (alert_id, event_id);

ALTER TABLE alert_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON alert_events TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON alert_events TO accessa_service;

CREATE TABLE alerts (
  alert_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  key text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  count integer NOT NULL DEFAULT 1,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  seen_at timestamp with time zone NOT NULL DEFAULT now(),
  closed_at timestamp with time zone,
  rule text NOT NULL DEFAULT 'CIRCUIT_OPEN'::text,
  subject text NOT NULL DEFAULT ''::text,
  severity text NOT NULL DEFAULT 'critical'::text,
  fired_at timestamp with time zone DEFAULT now(),
  clear_since timestamp with time zone,
  acknowledged_at timestamp with time zone,
  silenced_until timestamp with time zone,
  changed_by text NOT NULL DEFAULT 'service'::text,
  change_reason text,
  notice_id text,
  settled boolean NOT NULL DEFAULT false,
  CONSTRAINT acknowledged_when_fired CHECK (((acknowledged_at IS NULL) OR (fired_at IS NOT NULL))),
  CONSTRAINT alerts_severity_check CHECK ((severity = ANY (ARRAY['critical'::text, 'warning'::text, 'info'::text]))),
  CONSTRAINT alerts_pkey PRIMARY KEY (alert_id)
);

CREATE INDEX alerts_closed ON public.alerts USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE UNIQUE INDEX alerts_open ON public.alerts USING btree (key) WHERE (closed_at IS NULL);

CREATE INDEX alerts_unsettled ON public.alerts USING btree (alert_id) WHERE (NOT settled);

ALTER TABLE alerts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON alerts TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON alerts TO accessa_service;
CREATE TRIGGER changed AFTER INSERT OR UPDATE ON public.alerts FOR EACH ROW EXECUTE FUNCTION accessa_alert_changed();

CREATE TABLE api_keys (
  key_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  secret_sha256 text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  CONSTRAINT api_keys_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'user'::text, 'operator'::text, 'admin'::text]))),
  CONSTRAINT api_keys_pkey PRIMARY KEY (key_id),
  CONSTRAINT api_keys_prefix_key UNIQUE (prefix)
);

CREATE INDEX api_keys_ended ON public.api_keys USING btree (LEAST(revoked_at, expires_at)) WHERE (LEAST(revoked_at, expires_at) IS NOT NULL);

CREATE INDEX api_keys_newest ON public.api_keys USING btree (created_at DESC, key_id);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON api_keys TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON api_keys TO accessa_service;

CREATE TABLE audit_archives (
  first_entry bigint NOT NULL,
  last_entry bigint NOT NULL,
  previous_hash text NOT NULL,
  last_hash text NOT NULL,
  archived_at timestamp with time zone NOT NULL DEFAULT now(),
  entries jsonb NOT NULL,
  CONSTRAINT audit_archives_pkey PRIMARY KEY (first_entry),
  CONSTRAINT audit_archives_last_entry_key UNIQUE (last_entry)
);

ALTER TABLE audit_archives ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON audit_archives TO accessa_service USING (true) WITH CHECK (true);
GRANT SELECT ON audit_archives TO accessa_service;
CREATE TRIGGER kept BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_archives FOR EACH STATEMENT EXECUTE FUNCTION accessa_audit_refuse();

CREATE TABLE audit_log (
  entry_id bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  role text NOT NULL,
  user_id uuid,
  action text NOT NULL,
  target_type text NOT NULL,
  target_id text NOT NULL,
  reason text,
  before jsonb,
  after jsonb,
  correlation_id uuid,
  previous_hash text NOT NULL,
  hash text NOT NULL,
  CONSTRAINT audit_log_pkey PRIMARY KEY (entry_id)
);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON audit_log TO accessa_service USING (true) WITH CHECK (true);
GRANT SELECT ON audit_log TO accessa_service;
CREATE TRIGGER chained BEFORE INSERT ON public.audit_log FOR EACH ROW EXECUTE FUNCTION accessa_audit_chain();
CREATE TRIGGER kept BEFORE UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION accessa_audit_refuse();
CREATE TRIGGER kept_or_archived AFTER DELETE ON public.audit_log REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION accessa_audit_moved();

CREATE TABLE budget_spend (
  user_id uuid NOT NULL,
  month date NOT NULL,
  spent_usd double precision NOT NULL,
  CONSTRAINT budget_spend_pkey PRIMARY KEY (user_id, month)
) WITH (fillfactor=50);

CREATE INDEX budget_spend_by_month ON public.budget_spend USING btree (month);

ALTER TABLE budget_spend ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON budget_spend FOR SELECT TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON budget_spend TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON budget_spend TO accessa_service;
GRANT SELECT ON budget_spend TO accessa_user;

CREATE TABLE budgets (
  user_id uuid NOT NULL,
  limit_usd double precision NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_by text NOT NULL,
  CONSTRAINT budgets_limit_usd_check CHECK ((limit_usd >= (0)::double precision)),
  CONSTRAINT budgets_pkey PRIMARY KEY (user_id)
);

ALTER TABLE budgets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON budgets FOR SELECT TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON budgets TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON budgets TO accessa_service;
GRANT SELECT ON budgets TO accessa_user;

CREATE TABLE capacity_samples (
  at timestamp with time zone NOT NULL,
  subject text NOT NULL,
  rows bigint NOT NULL,
  bytes bigint NOT NULL,
  CONSTRAINT capacity_samples_pkey PRIMARY KEY (at, subject)
);

ALTER TABLE capacity_samples ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON capacity_samples TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON capacity_samples TO accessa_service;

CREATE TABLE claim_turns (
  user_id uuid NOT NULL,
  claimed_at timestamp with time zone,
  due_at timestamp with time zone,
  CONSTRAINT claim_turns_pkey PRIMARY KEY (user_id)
) WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0.02);

CREATE INDEX claim_turns_idle ON public.claim_turns USING btree (COALESCE(claimed_at, '-infinity'::timestamp with time zone)) WHERE (due_at IS NULL);

CREATE INDEX claim_turns_waiting ON public.claim_turns USING btree (claimed_at NULLS FIRST, due_at) WHERE (due_at IS NOT NULL);

ALTER TABLE claim_turns ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON claim_turns TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON claim_turns TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON claim_turns TO accessa_service;
GRANT INSERT, SELECT, UPDATE ON claim_turns TO accessa_user;

CREATE TABLE compliance_checks (
  day date NOT NULL,
  checked_at timestamp with time zone NOT NULL DEFAULT now(),
  findings jsonb NOT NULL,
  CONSTRAINT compliance_checks_pkey PRIMARY KEY (day)
);

ALTER TABLE compliance_checks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON compliance_checks TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON compliance_checks TO accessa_service;

CREATE TABLE document_chunk_buffer (
  chunk_id uuid NOT NULL,
  document_id uuid NOT NULL,
  user_id uuid NOT NULL,
  chunk_ord integer NOT NULL,
  chunker_name text NOT NULL,
  chunker_version text NOT NULL,
  chunk_sha text NOT NULL,
  text text NOT NULL,
  meta jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  embed_context text NOT NULL DEFAULT ''::text,
  embed_sha text,
  CONSTRAINT document_chunk_buffer_text_check CHECK ((text <> ''::text)),
  CONSTRAINT embed_sha_with_context CHECK (((embed_sha IS NULL) = (embed_context = ''::text))) NOT VALID,
  CONSTRAINT document_chunk_buffer_document FOREIGN KEY (user_id, document_id) REFERENCES documents(user_id, document_id) ON DELETE CASCADE,
  CONSTRAINT document_chunk_buffer_pkey PRIMARY KEY (chunk_id, user_id),
  CONSTRAINT document_chunk_buffer_place UNIQUE (document_id, chunker_name, chunker_version, chunk_ord, user_id)
);

CREATE INDEX document_chunk_buffer_by_input ON public.document_chunk_buffer USING hash (COALESCE(embed_sha, chunk_sha));

ALTER TABLE document_chunk_buffer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON document_chunk_buffer TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY publish ON document_chunk_buffer FOR SELECT TO accessa_publisher USING ((user_id = ANY (( SELECT accessa_readable_users() AS accessa_readable_users)::uuid[])));
CREATE POLICY service ON document_chunk_buffer TO accessa_service USING (true) WITH CHECK (true);
GRANT SELECT ON document_chunk_buffer TO accessa_publisher;
GRANT DELETE, INSERT, SELECT, UPDATE ON document_chunk_buffer TO accessa_service;
GRANT SELECT ON document_chunk_buffer TO accessa_user;

CREATE TABLE document_vector_buffer (
  chunk_id uuid NOT NULL,
  document_id uuid NOT NULL,
  embed_model text NOT NULL,
  embed_version text NOT NULL,
  vector vector(1536) NOT NULL,
  vector_sha text NOT NULL,
  batch_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  user_id uuid NOT NULL,
  CONSTRAINT document_vector_buffer_vector_check CHECK ((vector_norm(vector) > (0)::double precision)),
  CONSTRAINT document_vector_buffer_chunk FOREIGN KEY (chunk_id, user_id) REFERENCES document_chunk_buffer(chunk_id, user_id) ON DELETE CASCADE,
  CONSTRAINT document_vector_buffer_pkey PRIMARY KEY (chunk_id, user_id, embed_model, embed_version)
) WITH (toast_tuple_target=8160);

ALTER TABLE document_vector_buffer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON document_vector_buffer TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY publish ON document_vector_buffer FOR SELECT TO accessa_publisher USING ((user_id = ANY (( SELECT accessa_readable_users() AS accessa_readable_users)::uuid[])));
CREATE POLICY service ON document_vector_buffer TO accessa_service USING (true) WITH CHECK (true);
GRANT SELECT ON document_vector_buffer TO accessa_publisher;
GRANT DELETE, INSERT, SELECT, UPDATE ON document_vector_buffer TO accessa_service;
GRANT SELECT ON document_vector_buffer TO accessa_user;

CREATE TABLE documents (
  document_id uuid NOT NULL,
  user_id uuid NOT NULL,
  filename text NOT NULL,
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  raw_sha256 text NOT NULL,
  raw_path text NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  request_id uuid,
  parent_document_id uuid,
  CONSTRAINT documents_bytes_check CHECK ((bytes > 0)),
  CONSTRAINT documents_parent FOREIGN KEY (user_id, parent_document_id) REFERENCES documents(user_id, document_id) ON DELETE CASCADE,
  CONSTRAINT documents_pkey PRIMARY KEY (user_id, document_id)
);

CREATE INDEX documents_by_content ON public.documents USING btree (user_id, raw_sha256);

CREATE INDEX documents_by_id ON public.documents USING btree (document_id);

CREATE INDEX documents_by_parent ON public.documents USING btree (user_id, parent_document_id) WHERE (parent_document_id IS NOT NULL);

CREATE UNIQUE INDEX documents_by_request ON public.documents USING btree (user_id, request_id) WHERE (request_id IS NOT NULL);

ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON documents TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY publish ON documents FOR SELECT TO accessa_publisher USING ((user_id = ANY (( SELECT accessa_readable_users() AS accessa_readable_users)::uuid[])));
CREATE POLICY service ON documents TO accessa_service USING (true) WITH CHECK (true);
GRANT SELECT ON documents TO accessa_publisher;
GRANT DELETE, INSERT, SELECT, UPDATE ON documents TO accessa_service;
GRANT DELETE, INSERT, SELECT ON documents TO accessa_user;
CREATE TRIGGER counted AFTER INSERT ON public.documents REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_stored();
CREATE TRIGGER discounted AFTER DELETE ON public.documents REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_deleted();

CREATE TABLE effect_sql_migrations (
  migration_id integer NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  name text NOT NULL,
  CONSTRAINT effect_sql_migrations_pkey PRIMARY KEY (migration_id)
);

ALTER TABLE effect_sql_migrations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON effect_sql_migrations TO PUBLIC USING (pg_has_role(( SELECT pg_class.relowner
   FROM pg_class
  WHERE (pg_class.oid = ('effect_sql_migrations'::regclass)::oid)), 'USAGE'::text));

CREATE TABLE embedding_ledger (
  call_id uuid NOT NULL,
  job_id uuid,
  user_id uuid NOT NULL,
  document_id uuid,
  embed_model text NOT NULL,
  embed_version text NOT NULL,
  state text NOT NULL,
  chunks integer NOT NULL,
  tokens bigint NOT NULL,
  cost_usd double precision NOT NULL,
  request_id text,
  fence bigint,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone,
  CONSTRAINT embedding_ledger_state_check CHECK ((state = ANY (ARRAY['announced'::text, 'paid'::text, 'withdrawn'::text, 'reused'::text, 'lost'::text]))),
  CONSTRAINT job_or_search CHECK ((num_nulls(job_id, document_id, fence) = ANY (ARRAY[0, 3]))),
  CONSTRAINT embedding_ledger_call UNIQUE NULLS NOT DISTINCT (call_id, job_id)
);

CREATE INDEX embedding_ledger_announced ON public.embedding_ledger USING btree (created_at) WHERE (state = 'announced'::text);

CREATE INDEX embedding_ledger_by_age ON public.embedding_ledger USING btree (created_at);

CREATE INDEX embedding_ledger_by_job ON public.embedding_ledger USING btree (job_id);

CREATE INDEX embedding_ledger_searches ON public.embedding_ledger USING btree (created_at) WHERE (job_id IS NULL);

ALTER TABLE embedding_ledger ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON embedding_ledger TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON embedding_ledger TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON embedding_ledger TO accessa_service;
GRANT SELECT ON embedding_ledger TO accessa_user;

CREATE TABLE erasures (
  job_id uuid NOT NULL,
  user_id uuid NOT NULL,
  document_id uuid NOT NULL,
  raw_path text NOT NULL,
  parsed_path text,
  fence bigint NOT NULL,
  provider_job_id text,
  passes integer NOT NULL DEFAULT 0,
  run_at timestamp with time zone NOT NULL DEFAULT now(),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT erasures_pkey PRIMARY KEY (job_id)
);

CREATE INDEX erasures_due ON public.erasures USING btree (run_at);

ALTER TABLE erasures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON erasures TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON erasures TO accessa_service;

CREATE TABLE idempotency_keys (
  user_id uuid NOT NULL,
  idempotency_key text NOT NULL,
  holder uuid NOT NULL,
  locked_until timestamp with time zone NOT NULL,
  fingerprint text,
  status integer,
  headers jsonb,
  body text,
  expires_at timestamp with time zone NOT NULL,
  request_id uuid NOT NULL DEFAULT gen_random_uuid(),
  document_id uuid,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, idempotency_key)
);

CREATE INDEX idempotency_keys_by_document ON public.idempotency_keys USING btree (document_id, user_id) WHERE (document_id IS NOT NULL);

CREATE INDEX idempotency_keys_expiring ON public.idempotency_keys USING btree (expires_at);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON idempotency_keys TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency_keys TO accessa_service;

CREATE TABLE inspections (
  inspection_id uuid NOT NULL,
  requested_at timestamp with time zone NOT NULL DEFAULT now(),
  requested_by text NOT NULL,
  taken_by uuid,
  report jsonb,
  CONSTRAINT inspections_pkey PRIMARY KEY (inspection_id)
);

CREATE INDEX inspections_by_time ON public.inspections USING btree (requested_at);

ALTER TABLE inspections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON inspections TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON inspections TO accessa_service;

CREATE TABLE job_events (
  event_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  job_id uuid NOT NULL,
  type text NOT NULL,
  from_status text,
  to_status text NOT NULL,
  code text,
  message text,
  actor text NOT NULL,
  fence bigint NOT NULL,
  progress jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT job_events_pkey PRIMARY KEY (event_id)
);

CREATE INDEX job_events_by_job ON public.job_events USING btree (job_id, event_id);

CREATE INDEX job_events_ended ON public.job_events USING btree (created_at) INCLUDE (to_status) WHERE ((from_status IS DISTINCT FROM to_status) AND (to_status = ANY (ARRAY['complete'::text, 'failed_parse'::text, 'failed_chunking'::text, 'failed_embedding'::text])));

ALTER TABLE job_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON job_events TO accessa_user USING ((EXISTS ( SELECT
   FROM upload_jobs j
  WHERE ((j.job_id = job_events.job_id) AND (j.user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[]))))));
CREATE POLICY service ON job_events TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON job_events TO accessa_service;
GRANT DELETE, INSERT, SELECT ON job_events TO accessa_user;
CREATE TRIGGER tell_webhooks AFTER INSERT ON public.job_events FOR EACH ROW WHEN (((new.to_status = ANY (ARRAY['complete'::text, 'failed_parse'::text, 'failed_chunking'::text, 'failed_embedding'::text])) AND (new.from_status IS DISTINCT FROM new.to_status))) EXECUTE FUNCTION accessa_tell_webhooks();

CREATE TABLE migration_files (
  migration_id integer NOT NULL,
  sha256 text NOT NULL,
  CONSTRAINT migration_files_pkey PRIMARY KEY (migration_id)
);

ALTER TABLE migration_files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON migration_files TO PUBLIC USING (pg_has_role(( SELECT pg_class.relowner
   FROM pg_class
  WHERE (pg_class.oid = ('migration_files'::regclass)::oid)), 'USAGE'::text));
CREATE POLICY service ON migration_files FOR SELECT TO accessa_service USING (true);
GRANT SELECT ON migration_files TO accessa_service;

CREATE TABLE monitor_lease (
  name text NOT NULL,
  holder uuid NOT NULL,
  hostname text NOT NULL,
  version text NOT NULL,
  fence bigint NOT NULL DEFAULT 1,
  lease_until timestamp with time zone NOT NULL,
  beat_at timestamp with time zone NOT NULL DEFAULT now(),
  judged_at timestamp with time zone,
  CONSTRAINT monitor_lease_pkey PRIMARY KEY (name)
) WITH (fillfactor=50);

ALTER TABLE monitor_lease ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON monitor_lease TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON monitor_lease TO accessa_service;

CREATE TABLE object_sweeps (
  bucket text NOT NULL,
  run_at timestamp with time zone NOT NULL,
  CONSTRAINT object_sweeps_pkey PRIMARY KEY (bucket)
);

ALTER TABLE object_sweeps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON object_sweeps TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON object_sweeps TO accessa_service;

CREATE TABLE parse_cancellations (
  cancellation_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  provider_job_id text NOT NULL,
  job_id uuid NOT NULL,
  user_id uuid NOT NULL,
  requested_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT parse_cancellations_pkey PRIMARY KEY (cancellation_id)
);

ALTER TABLE parse_cancellations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON parse_cancellations FOR INSERT TO accessa_user WITH CHECK ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON parse_cancellations TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON parse_cancellations TO accessa_service;
GRANT INSERT ON parse_cancellations TO accessa_user;

CREATE TABLE providers (
  dependency text NOT NULL,
  state text NOT NULL DEFAULT 'closed'::text,
  code text,
  message text,
  failures integer NOT NULL DEFAULT 0,
  opened_at timestamp with time zone,
  probe_at timestamp with time zone,
  since timestamp with time zone NOT NULL DEFAULT now(),
  updated_by text NOT NULL DEFAULT 'migration'::text,
  reason text,
  generation integer NOT NULL DEFAULT 0,
  CONSTRAINT providers_state_check CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'half_open'::text, 'halted'::text]))),
  CONSTRAINT shut_until_a_probe CHECK (((state = 'closed'::text) = (probe_at IS NULL))),
  CONSTRAINT providers_pkey PRIMARY KEY (dependency)
);

ALTER TABLE providers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON providers TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON providers TO accessa_service;
CREATE TRIGGER next_generation BEFORE UPDATE ON public.providers FOR EACH ROW EXECUTE FUNCTION accessa_next_generation();

CREATE TABLE readers (
  login text NOT NULL,
  user_id uuid NOT NULL,
  CONSTRAINT readers_pkey PRIMARY KEY (login, user_id)
);

ALTER TABLE readers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY login ON readers FOR SELECT TO accessa_reader USING ((login = SESSION_USER));
CREATE POLICY owner ON readers TO PUBLIC USING (pg_has_role(( SELECT pg_class.relowner
   FROM pg_class
  WHERE (pg_class.oid = ('readers'::regclass)::oid)), 'USAGE'::text));
CREATE POLICY service ON readers TO accessa_service USING (true) WITH CHECK (true);
GRANT SELECT ON readers TO accessa_reader;
GRANT DELETE, SELECT ON readers TO accessa_service;

CREATE TABLE release_steps (
  release_id uuid NOT NULL,
  step text NOT NULL,
  verdict text NOT NULL,
  checks jsonb NOT NULL,
  ended_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT release_steps_verdict_check CHECK ((verdict = ANY (ARRAY['pass'::text, 'fail'::text, 'inconclusive'::text]))),
  CONSTRAINT release_steps_release_id_fkey FOREIGN KEY (release_id) REFERENCES releases(release_id) ON DELETE CASCADE,
  CONSTRAINT release_steps_pkey PRIMARY KEY (release_id, step)
);

ALTER TABLE release_steps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON release_steps TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON release_steps TO accessa_service;

CREATE TABLE releases (
  release_id uuid NOT NULL,
  environment text NOT NULL,
  version text NOT NULL,
  started_by text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  before jsonb NOT NULL,
  request text,
  request_reason text,
  outcome text,
  ended_at timestamp with time zone,
  reason text,
  fence bigint NOT NULL DEFAULT 1,
  lease_until timestamp with time zone NOT NULL,
  claim_percent integer,
  claim_documents uuid[] NOT NULL DEFAULT '{}'::uuid[],
  CONSTRAINT releases_check CHECK (((outcome IS NULL) = (ended_at IS NULL))),
  CONSTRAINT releases_claim_percent_check CHECK (((claim_percent >= 0) AND (claim_percent <= 100))),
  CONSTRAINT releases_outcome_check CHECK ((outcome = ANY (ARRAY['promoted'::text, 'rolled_back'::text, 'needs_a_person'::text]))),
  CONSTRAINT releases_request_check CHECK ((request = ANY (ARRAY['hold'::text, 'promote'::text, 'rollback'::text]))),
  CONSTRAINT releases_pkey PRIMARY KEY (release_id)
);

CREATE INDEX releases_by_time ON public.releases USING btree (environment, started_at);

CREATE UNIQUE INDEX releases_one_under_way ON public.releases USING btree (environment) WHERE (ended_at IS NULL);

ALTER TABLE releases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON releases TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON releases TO accessa_service;

CREATE TABLE spending_hours (
  hour timestamp with time zone NOT NULL,
  embed_model text NOT NULL,
  document boolean NOT NULL,
  state text NOT NULL,
  calls bigint NOT NULL,
  chunks bigint NOT NULL,
  tokens bigint NOT NULL,
  usd double precision NOT NULL,
  CONSTRAINT spending_hours_pkey PRIMARY KEY (hour, embed_model, document, state)
);

ALTER TABLE spending_hours ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON spending_hours TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON spending_hours TO accessa_service;

CREATE TABLE status_hours (
  hour timestamp with time zone NOT NULL,
  status text NOT NULL,
  jobs bigint NOT NULL,
  p50_ms double precision NOT NULL,
  p95_ms double precision NOT NULL,
  CONSTRAINT status_hours_pkey PRIMARY KEY (hour, status)
);

ALTER TABLE status_hours ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON status_hours TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON status_hours TO accessa_service;

CREATE TABLE storage_use (
  user_id uuid NOT NULL,
  stored_bytes bigint NOT NULL DEFAULT 0,
  open_bytes bigint NOT NULL DEFAULT 0,
  open_uploads integer NOT NULL DEFAULT 0,
  erased_at timestamp with time zone,
  CONSTRAINT storage_use_pkey PRIMARY KEY (user_id)
) WITH (fillfactor=50);

ALTER TABLE storage_use ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON storage_use FOR SELECT TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON storage_use TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON storage_use TO accessa_service;
GRANT SELECT ON storage_use TO accessa_user;

CREATE TABLE sweeper (
  single boolean NOT NULL DEFAULT true,
  worker_id uuid,
  until timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT sweeper_single_check CHECK (single),
  CONSTRAINT sweeper_pkey PRIMARY KEY (single)
) WITH (fillfactor=50);

ALTER TABLE sweeper ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON sweeper TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON sweeper TO accessa_service;

CREATE TABLE upkeep (
  kind text NOT NULL,
  kept interval,
  since timestamp with time zone NOT NULL DEFAULT now(),
  run_at timestamp with time zone NOT NULL DEFAULT now(),
  ran_at timestamp with time zone,
  caught_up_at timestamp with time zone,
  removed bigint NOT NULL DEFAULT 0,
  place bigint NOT NULL DEFAULT 0,
  CONSTRAINT upkeep_pkey PRIMARY KEY (kind)
) WITH (fillfactor=50);

ALTER TABLE upkeep ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON upkeep TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON upkeep TO accessa_service;

CREATE TABLE upload_jobs (
  job_id uuid NOT NULL,
  user_id uuid NOT NULL,
  document_id uuid NOT NULL,
  status text NOT NULL,
  raw_path text NOT NULL,
  parsed_path text,
  parsed_sha256 text,
  chunks_version text NOT NULL DEFAULT 'markdown-simple@1'::text,
  embed_model text NOT NULL DEFAULT 'text-embedding-3-small'::text,
  embed_version text NOT NULL DEFAULT '1'::text,
  progress jsonb NOT NULL DEFAULT '{"chunks_done": 0, "embeds_done": 0, "chunks_total": 0, "embeds_total": 0}'::jsonb,
  retry_count integer NOT NULL DEFAULT 0,
  last_error jsonb,
  webhook_secret text NOT NULL,
  correlation_id uuid NOT NULL DEFAULT gen_random_uuid(),
  processing_started_at timestamp with time zone,
  processing_completed_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  priority integer NOT NULL DEFAULT 0,
  run_at timestamp with time zone DEFAULT now(),
  fence bigint NOT NULL DEFAULT 0,
  lease_owner uuid,
  lease_until timestamp with time zone,
  crash_count integer NOT NULL DEFAULT 0,
  resume_status text,
  provider_job_id text,
  poll_deadline timestamp with time zone,
  hinted_at timestamp with time zone,
  parse_report jsonb,
  embedding_plan jsonb,
  tokens_paid bigint NOT NULL DEFAULT 0,
  cost_usd double precision NOT NULL DEFAULT 0,
  vectors_reused integer NOT NULL DEFAULT 0,
  traceparent text,
  parse_attempts integer NOT NULL DEFAULT 0,
  failure jsonb,
  CONSTRAINT held_or_due_or_ended CHECK ((((lease_until IS NULL) = (lease_owner IS NULL)) AND ((lease_until IS NULL) OR (run_at IS NULL)))),
  CONSTRAINT upload_jobs_status_check CHECK ((status = ANY (ARRAY['uploaded'::text, 'parse_queued'::text, 'parsed'::text, 'parse_validated'::text, 'chunking'::text, 'chunks_stored'::text, 'embedding_queued'::text, 'embedding_in_progress'::text, 'embeddings_stored'::text, 'complete'::text, 'failed_parse'::text, 'failed_chunking'::text, 'failed_embedding'::text]))),
  CONSTRAINT upload_jobs_document FOREIGN KEY (user_id, document_id) REFERENCES documents(user_id, document_id) ON DELETE CASCADE,
  CONSTRAINT upload_jobs_pkey PRIMARY KEY (job_id)
) WITH (fillfactor=70, autovacuum_vacuum_scale_factor=0.02);

CREATE INDEX idx_upload_jobs_correlation ON public.upload_jobs USING btree (correlation_id);

CREATE INDEX idx_upload_jobs_processing_time ON public.upload_jobs USING btree (processing_started_at, processing_completed_at);

CREATE INDEX upload_jobs_by_document ON public.upload_jobs USING btree (document_id, user_id);

CREATE INDEX upload_jobs_by_text ON public.upload_jobs USING hash (parsed_sha256) WHERE (parsed_sha256 IS NOT NULL);

CREATE INDEX upload_jobs_by_user ON public.upload_jobs USING btree (user_id, created_at DESC, job_id DESC);

CREATE INDEX upload_jobs_due ON public.upload_jobs USING btree (user_id, priority, run_at, job_id) WHERE (run_at IS NOT NULL);

CREATE INDEX upload_jobs_failed ON public.upload_jobs USING btree (created_at DESC, job_id DESC) INCLUDE (user_id, processing_completed_at, failure) WHERE (resume_status IS NOT NULL);

CREATE INDEX upload_jobs_leased ON public.upload_jobs USING btree (lease_until) WHERE (lease_until IS NOT NULL);

CREATE INDEX upload_jobs_lost ON public.upload_jobs USING btree (created_at) WHERE ((run_at IS NULL) AND (lease_until IS NULL) AND (processing_completed_at IS NULL));

CREATE INDEX upload_jobs_newest ON public.upload_jobs USING btree (created_at DESC, job_id DESC);

ALTER TABLE upload_jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON upload_jobs TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY publish ON upload_jobs FOR SELECT TO accessa_publisher USING ((user_id = ANY (( SELECT accessa_readable_users() AS accessa_readable_users)::uuid[])));
CREATE POLICY service ON upload_jobs TO accessa_service USING (true) WITH CHECK (true);
GRANT SELECT ON upload_jobs TO accessa_publisher;
GRANT DELETE, INSERT, SELECT, UPDATE ON upload_jobs TO accessa_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON upload_jobs TO accessa_user;
CREATE TRIGGER due_when_added AFTER INSERT ON public.upload_jobs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION accessa_lower_due();
CREATE TRIGGER due_when_changed AFTER UPDATE ON public.upload_jobs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION accessa_lower_due();
CREATE TRIGGER failure_noted BEFORE UPDATE ON public.upload_jobs FOR EACH ROW WHEN (((new.resume_status IS NOT NULL) OR (old.resume_status IS NOT NULL))) EXECUTE FUNCTION accessa_note_failure();

CREATE TABLE uploads (
  document_id uuid NOT NULL,
  user_id uuid NOT NULL,
  filename text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text,
  path text NOT NULL,
  metadata jsonb NOT NULL,
  priority integer NOT NULL,
  force boolean NOT NULL,
  state text NOT NULL DEFAULT 'open'::text,
  job_id uuid,
  complete_by timestamp with time zone NOT NULL,
  url_until timestamp with time zone NOT NULL,
  sweep_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  received_at timestamp with time zone,
  CONSTRAINT job_is_of_confirmed CHECK (((job_id IS NULL) OR (state = 'confirmed'::text))),
  CONSTRAINT uploads_bytes_check CHECK ((bytes > 0)),
  CONSTRAINT uploads_state_check CHECK ((state = ANY (ARRAY['open'::text, 'confirmed'::text, 'ended'::text]))),
  CONSTRAINT uploads_pkey PRIMARY KEY (document_id)
);

CREATE INDEX uploads_by_job ON public.uploads USING btree (job_id) WHERE (job_id IS NOT NULL);

CREATE INDEX uploads_to_sweep ON public.uploads USING btree (sweep_at);

ALTER TABLE uploads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON uploads TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON uploads TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON uploads TO accessa_service;
GRANT INSERT, SELECT, UPDATE ON uploads TO accessa_user;
CREATE TRIGGER counted AFTER INSERT ON public.uploads REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_opened();
CREATE TRIGGER discounted AFTER DELETE ON public.uploads REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_closed();
CREATE TRIGGER recounted AFTER UPDATE ON public.uploads REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION accessa_count_changed();

CREATE TABLE webhook_deliveries (
  delivery_id uuid NOT NULL DEFAULT gen_random_uuid(),
  subscription_id uuid NOT NULL,
  user_id uuid NOT NULL,
  job_id uuid,
  event text NOT NULL,
  payload jsonb NOT NULL,
  status text NOT NULL DEFAULT 'pending'::text,
  attempt integer NOT NULL DEFAULT 0,
  run_at timestamp with time zone DEFAULT now(),
  lease uuid,
  last_status integer,
  last_error text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT pending_is_due CHECK (((status = 'pending'::text) = (run_at IS NOT NULL))),
  CONSTRAINT webhook_deliveries_event_check CHECK ((event = ANY (ARRAY['job.complete'::text, 'job.failed'::text, 'webhook.test'::text]))),
  CONSTRAINT webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text]))),
  CONSTRAINT webhook_deliveries_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES webhook_subscriptions(subscription_id) ON DELETE CASCADE,
  CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (delivery_id)
) WITH (fillfactor=70);

CREATE INDEX webhook_deliveries_by_subscription ON public.webhook_deliveries USING btree (subscription_id, created_at DESC, delivery_id DESC);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (run_at) WHERE (run_at IS NOT NULL);

CREATE INDEX webhook_deliveries_due_by_subscription ON public.webhook_deliveries USING btree (subscription_id, run_at) WHERE (run_at IS NOT NULL);

CREATE INDEX webhook_deliveries_ended ON public.webhook_deliveries USING btree (updated_at) WHERE (run_at IS NULL);

ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON webhook_deliveries TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON webhook_deliveries TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_deliveries TO accessa_service;
GRANT INSERT, SELECT, UPDATE ON webhook_deliveries TO accessa_user;

CREATE TABLE webhook_receipts (
  provider text NOT NULL,
  event_id text NOT NULL,
  job_id uuid NOT NULL,
  event_type text NOT NULL,
  payload_sha256 text NOT NULL,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT webhook_receipts_pkey PRIMARY KEY (provider, event_id)
);

CREATE INDEX webhook_receipts_by_age ON public.webhook_receipts USING btree (received_at);

CREATE INDEX webhook_receipts_by_job ON public.webhook_receipts USING btree (job_id);

ALTER TABLE webhook_receipts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON webhook_receipts TO accessa_user USING ((EXISTS ( SELECT
   FROM upload_jobs j
  WHERE ((j.job_id = webhook_receipts.job_id) AND (j.user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[]))))));
CREATE POLICY service ON webhook_receipts TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_receipts TO accessa_service;
GRANT DELETE, SELECT ON webhook_receipts TO accessa_user;

CREATE TABLE webhook_subscriptions (
  subscription_id uuid NOT NULL,
  user_id uuid NOT NULL,
  url text NOT NULL,
  events text[] NOT NULL,
  secret text NOT NULL,
  previous_secret text,
  previous_until timestamp with time zone,
  active boolean NOT NULL DEFAULT true,
  disabled_reason text,
  disabled_at timestamp with time zone,
  failing_since timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT disabled_is_inactive CHECK (((NOT active) OR (disabled_at IS NULL))),
  CONSTRAINT webhook_subscriptions_events_check CHECK (((events <@ ARRAY['job.complete'::text, 'job.failed'::text]) AND (events <> '{}'::text[]))),
  CONSTRAINT webhook_subscriptions_pkey PRIMARY KEY (subscription_id)
);

CREATE INDEX webhook_subscriptions_by_user ON public.webhook_subscriptions USING btree (user_id, created_at DESC, subscription_id DESC);

ALTER TABLE webhook_subscriptions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON webhook_subscriptions TO accessa_user USING ((user_id = ANY (( SELECT accessa_users() AS accessa_users)::uuid[])));
CREATE POLICY service ON webhook_subscriptions TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_subscriptions TO accessa_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_subscriptions TO accessa_user;

CREATE TABLE workers (
  worker_id uuid NOT NULL,
  hostname text NOT NULL,
  pid integer NOT NULL,
  version text NOT NULL,
  state text NOT NULL,
  jobs integer NOT NULL,
  stale_writes bigint NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  heartbeat_at timestamp with time zone NOT NULL DEFAULT now(),
  clock_ahead_ms integer,
  beats timestamp with time zone[] NOT NULL DEFAULT '{}'::timestamp with time zone[],
  rate_limits jsonb NOT NULL DEFAULT '[]'::jsonb,
  CONSTRAINT workers_state_check CHECK ((state = ANY (ARRAY['running'::text, 'draining'::text, 'stopped'::text]))),
  CONSTRAINT workers_pkey PRIMARY KEY (worker_id)
);

ALTER TABLE workers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON workers TO accessa_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON workers TO accessa_service;
