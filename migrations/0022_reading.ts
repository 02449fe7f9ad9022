/**
 * What retrievers read: the views `accessa_chunks` and `accessa_llamaindex`, and the function `match_documents`. Names and columns are
 * a contract (docs/reading.md). The views run as `accessa_publisher`, which sees the rows of the users that `accessa_readable_users`
 * names for the session, so that readers need no privilege on our tables:
 *
 *   role `authenticated`, assumed by PostgREST: the user in the token's claim `sub`
 *   a login that is a member of `accessa_reader`: the users that `readers` lists for it
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const sources = ["documents", "upload_jobs", "document_chunk_buffer", "document_vector_buffer"]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* roles
  yield* readers
  for (const table of sources) {
    yield* sql.unsafe(`
      CREATE POLICY publish ON ${table} FOR SELECT TO accessa_publisher
      USING (user_id = ANY ((SELECT accessa_readable_users())::uuid[]))`)
    yield* sql.unsafe(`GRANT SELECT ON ${table} TO accessa_publisher`)
  }
  yield* views
  yield* match
})

/** As in 0002. PostgREST's role exists on Supabase; elsewhere it is made here, so that the schema is the same everywhere. */
const roles = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const role of ["accessa_publisher", "accessa_reader", "authenticated"]) {
    yield* sql.unsafe(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
          BEGIN CREATE ROLE ${role} NOLOGIN NOBYPASSRLS;
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
        END IF;
      END $$`)
    yield* sql.unsafe(`GRANT USAGE ON SCHEMA public TO ${role}`)
  }
  yield* sql`
    DO $$ BEGIN
      IF NOT pg_has_role(current_user, 'accessa_publisher',
        CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END
      ) THEN
        EXECUTE format('GRANT accessa_publisher TO %I', current_user);
      END IF;
    END $$`
})

const readers = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE readers (login text NOT NULL, user_id uuid NOT NULL, PRIMARY KEY (login, user_id))`
  yield* sql`ALTER TABLE readers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON readers TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`
    CREATE POLICY owner ON readers USING (
      pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'readers'::regclass), 'USAGE')
    )`
  yield* sql`CREATE POLICY login ON readers FOR SELECT TO accessa_reader USING (login = session_user)`
  yield* sql`GRANT SELECT, DELETE ON readers TO accessa_service`
  yield* sql`GRANT SELECT ON readers TO accessa_reader`
  // A login of the name `authenticated` could claim to be any user, so that only a session that assumed the role counts.
  yield* sql`
    CREATE FUNCTION accessa_readable_users() RETURNS uuid[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF current_user <> 'authenticated' THEN
        RETURN ARRAY(SELECT user_id FROM public.readers WHERE login = session_user);
      END IF;
      IF session_user = 'authenticated' THEN RETURN '{}'; END IF;
      RETURN ARRAY(
        SELECT sub::uuid FROM (
          SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' AS sub
        ) claims WHERE sub ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      );
    END $$`
  yield* sql`REVOKE ALL ON FUNCTION accessa_readable_users() FROM PUBLIC`
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_readable_users() TO accessa_reader, authenticated`
})

/** Complete documents, with the chunks and vectors of their own versions, as the search sees them. */
const views = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`GRANT CREATE ON SCHEMA public TO accessa_publisher`
  yield* sql`
    CREATE VIEW accessa_chunks AS
    SELECT c.chunk_id AS id, c.text, v.vector AS embedding,
      d.metadata || jsonb_strip_nulls(jsonb_build_object(
        'document_id', d.document_id, 'filename', d.filename, 'page', c.meta -> 'page', 'headings', c.meta -> 'headings',
        'ordinal', c.chunk_ord
      )) AS metadata,
      d.document_id, d.filename, (c.meta ->> 'page')::integer AS page, c.meta -> 'headings' AS headings,
      c.chunk_ord AS ordinal, d.user_id
    FROM upload_jobs j
    JOIN documents d ON d.user_id = j.user_id AND d.document_id = j.document_id
    JOIN document_chunk_buffer c ON c.document_id = j.document_id AND c.user_id = j.user_id
      AND (c.chunker_name || '@' || c.chunker_version) = j.chunks_version
    JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id = c.user_id
      AND v.embed_model = j.embed_model AND v.embed_version = j.embed_version
    WHERE j.status = 'complete'`
  // LlamaIndex.TS has fixed column names and, by default, the collection "data".
  yield* sql`
    CREATE VIEW accessa_llamaindex AS
    SELECT k.id, k.document_id::text AS external_id, c.collection, k.text AS document, k.metadata,
      k.embedding AS embeddings
    FROM accessa_chunks k, (VALUES ('data'::text)) AS c(collection)`
  for (const view of ["accessa_chunks", "accessa_llamaindex"]) {
    yield* sql.unsafe(`ALTER VIEW ${view} OWNER TO accessa_publisher`)
    yield* sql.unsafe(`REVOKE ALL ON ${view} FROM PUBLIC`)
    yield* sql.unsafe(`GRANT SELECT ON ${view} TO accessa_reader, authenticated`)
  }
  yield* sql`REVOKE CREATE ON SCHEMA public FROM accessa_publisher`
})

/** The body is parsed here, so that it finds pgvector's operators whatever the caller's search path. */
const match = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE FUNCTION accessa_match_documents(
      query_embedding vector, match_count integer DEFAULT NULL, filter jsonb DEFAULT '{}'::jsonb
    ) RETURNS TABLE (id uuid, content text, metadata jsonb, similarity double precision)
    LANGUAGE sql STABLE SECURITY INVOKER
    BEGIN ATOMIC
      SELECT k.id, k.text, k.metadata, 1 - (k.embedding <=> query_embedding)
      FROM accessa_chunks k WHERE k.metadata @> filter
      ORDER BY k.embedding <=> query_embedding
      LIMIT least(coalesce(match_count, 1000), 1000);
    END`
  // By this name clients call it, and a project may have a function of its own by it: that one stays.
  yield* sql`
    DO $$ BEGIN
      IF NOT EXISTS (
        SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = 'match_documents'
      ) THEN
        CREATE FUNCTION match_documents(
          query_embedding vector, match_count integer DEFAULT NULL, filter jsonb DEFAULT '{}'::jsonb
        ) RETURNS TABLE (id uuid, content text, metadata jsonb, similarity double precision)
        LANGUAGE sql STABLE SECURITY INVOKER
        BEGIN ATOMIC
          SELECT m.id, m.content, m.metadata, m.similarity
          FROM accessa_match_documents(query_embedding, match_count, filter) m;
        END;
        REVOKE ALL ON FUNCTION match_documents(vector, integer, jsonb) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION match_documents(vector, integer, jsonb) TO accessa_reader, authenticated;
      END IF;
    END $$`
  yield* sql`REVOKE ALL ON FUNCTION accessa_match_documents(vector, integer, jsonb) FROM PUBLIC`
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_match_documents(vector, integer, jsonb) TO accessa_reader, authenticated`
})
