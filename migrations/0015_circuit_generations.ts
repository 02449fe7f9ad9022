/**
 * A generation for each circuit, which every change of its row moves on: what a process found under an earlier one does not
 * change it any more. A trigger counts, so that the changes by workers of the release before count as well.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE providers ADD COLUMN generation int NOT NULL DEFAULT 0`
  yield* sql`
    CREATE FUNCTION accessa_next_generation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      NEW.generation := OLD.generation + 1;
      RETURN NEW;
    END $$`
  yield* sql`REVOKE EXECUTE ON FUNCTION accessa_next_generation() FROM PUBLIC`
  yield* sql`
    CREATE TRIGGER next_generation BEFORE UPDATE ON providers
    FOR EACH ROW EXECUTE FUNCTION accessa_next_generation()`
})
