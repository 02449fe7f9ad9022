/** The audit log's entry for a change that a user made to a job, as a CTE after `transition`. */
import type { SqlClient } from "effect/sql"
import type { By } from "../../../services/ApiKeys.ts"

/** `audited`; to run, it has to be selected from. */
export const auditJob = (sql: SqlClient.SqlClient, action: string, { actor, correlationId, reason, role }: By) =>
  sql`audited AS (
      SELECT accessa_audit(${actor}, ${role}, user_id, ${action}, 'job', job_id::text, ${reason},
        jsonb_build_object('status', from_status), jsonb_build_object('status', status), ${correlationId}::uuid) FROM moved
    )`
