/** Which share of the jobs the workers of a release under way claim; the other workers claim the rest. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE releases
      -- NULL: every worker claims every job.
      ADD COLUMN claim_percent integer CHECK (claim_percent BETWEEN 0 AND 100),
      -- The workers of the release claim the jobs of these documents at any share.
      ADD COLUMN claim_documents uuid[] NOT NULL DEFAULT '{}'`
  yield* sql`
    CREATE FUNCTION accessa_of_release(version text, release text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT version = release OR (strpos(version, '+') > 0 AND length(release) >= 7
        AND length(split_part(version, '+', 2)) >= 7 AND (starts_with(split_part(version, '+', 2), release)
          OR starts_with(release, split_part(version, '+', 2))))
    $$`
  yield* sql`REVOKE ALL ON FUNCTION accessa_of_release(text, text) FROM PUBLIC`
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_of_release(text, text) TO accessa_service`
})
