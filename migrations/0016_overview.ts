/**
 * What the dashboard asks for, found without reading history: the jobs that have ended by the minute, the failed ones, and the
 * newest of all users. No column in these is one that an ordinary move changes, so moves stay as cheap as they were.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  yield* sql`
    CREATE INDEX job_events_ended ON job_events (created_at) INCLUDE (to_status)
    WHERE from_status IS DISTINCT FROM to_status
      AND to_status IN ('complete', 'failed_parse', 'failed_chunking', 'failed_embedding')`
  yield* sql`CREATE INDEX upload_jobs_failed ON upload_jobs (created_at DESC) WHERE resume_status IS NOT NULL`
  yield* sql`CREATE INDEX upload_jobs_newest ON upload_jobs (created_at DESC, job_id DESC)`
  yield* sql`CREATE INDEX embedding_ledger_by_age ON embedding_ledger (created_at)`

  // Events are numbered in the order they come: the key finds where a time begins, in steps that double, without an index on time.
  yield* sql`
    CREATE FUNCTION accessa_events_since(since timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
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
    END $$`
  yield* sql`REVOKE ALL ON FUNCTION accessa_events_since FROM PUBLIC`
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_events_since TO accessa_service`
})
