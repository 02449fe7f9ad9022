/** Privileges on our objects granted since the migrations ran, for example by a click in a dashboard. */
import type { SqlClient } from "effect/sql"
import { foreignGrantsQuery } from "../schema/grants.ts"

/** One alert for all of them, until they are revoked. */
export const watchGrants = (sql: SqlClient.SqlClient) =>
  sql`
    WITH granted AS (${sql.literal(foreignGrantsQuery)}), told AS (
      SELECT format('%s may %s on %s%s: run \`pnpm migrate\` to revoke it.', grantee, privileges, name,
        CASE WHEN count(*) OVER () > 1 THEN format(', and there are %s more such grants', count(*) OVER () - 1) END
      ) AS message
      FROM granted ORDER BY grantee, name LIMIT 1
    ), raised AS (
      INSERT INTO alerts (key, rule, subject, severity, code, message)
      SELECT 'database:FOREIGN_GRANTS', 'FOREIGN_GRANTS', 'database', 'warning', 'FOREIGN_GRANTS', message FROM told
      ON CONFLICT (key) WHERE closed_at IS NULL DO UPDATE SET message = excluded.message, seen_at = now()
    )
    UPDATE alerts SET closed_at = now()
    WHERE closed_at IS NULL AND code = 'FOREIGN_GRANTS' AND NOT EXISTS (SELECT FROM told)`
