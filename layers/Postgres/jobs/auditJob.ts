/** The audit entry for a user's change to a job, as a CTE after `transition`. */
import type { SqlClient } from "effect/sql"
import type { By } from "../../../src/domain/Principal.ts"

/** The CTE `audited`, which only runs if selected from. */
export const auditJob = (sql: SqlClient.SqlClient, action: string, { actor, correlationId, reason, role }: By) =>
  sql`audited AS (
      SELECT accessa_audit(${actor}, ${role}, user_id, ${action}, 'job', job_id::text, ${reason},
        jsonb_build_object('status', from_status), jsonb_build_object('status', status), ${correlationId}::uuid) FROM moved
    )`
