/**
 * The service sees how long transactions are open, whoever's they are: one that is forgotten keeps vacuum from its work. Where
 * whoever migrates may not grant that, it sees its own alone.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DO $$ BEGIN
      GRANT pg_read_all_stats TO accessa_service;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE NOTICE 'accessa_service can not see the transactions of others.';
    END $$`
})
