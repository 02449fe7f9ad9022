/**
 * Closes a circuit for all processes and makes its parked jobs due. An operator's reset ends its alerts. After a probe the monitor
 * does, once the circuit has stayed closed: a process with another key may find it refused again at once.
 */
import type { SqlClient } from "effect/sql"
import type { Dependency } from "../../../src/domain/Dependency.ts"
import { codesOf } from "../../../src/domain/ErrorCode.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { circuitsPayload, workChannel } from "../connection/channels.ts"

export interface Closing {
  readonly dependency: Dependency
  readonly actor: string
  /** Null: any generation. */
  readonly generation: number | null
  /** The operator who closes it; null for a successful probe. */
  readonly by: By | null
}

/** Returns a row if the circuit was not closed and had that generation. */
export const closeCircuit = (sql: SqlClient.SqlClient, { actor, by, dependency, generation }: Closing) =>
  sql`
    WITH before AS (
      SELECT * FROM providers WHERE dependency = ${dependency} AND state <> 'closed'
        AND (${generation}::int IS NULL OR generation = ${generation}::int) FOR UPDATE
    ), closed AS (
      UPDATE providers p SET state = 'closed', code = NULL, message = NULL, failures = 0, opened_at = NULL,
        probe_at = NULL, since = now(), updated_by = ${actor}, reason = ${by?.reason ?? null}
      FROM before WHERE p.dependency = before.dependency
      RETURNING p.*
    ), over AS (
      UPDATE alerts SET clear_since = coalesce(clear_since, now()),
        closed_at = CASE WHEN ${by !== null} THEN now() END,
        changed_by = CASE WHEN ${by !== null} THEN ${actor} ELSE alerts.changed_by END,
        change_reason = CASE WHEN ${by !== null} THEN ${by?.reason ?? null} ELSE alerts.change_reason END
      FROM closed WHERE closed_at IS NULL AND key LIKE closed.dependency || ':%'
    ), woken AS (
      UPDATE upload_jobs SET run_at = now(), last_error = last_error - 'since' FROM closed
      WHERE run_at > now() AND last_error->>'class' = 'recoverable'
        AND last_error->>'code' = ANY(${codesOf(dependency)}::text[])
    ), audited AS (
      SELECT accessa_audit(${by?.actor ?? null}, ${by?.role ?? null}, NULL, 'provider.reset', 'provider',
        closed.dependency, ${by?.reason ?? null}, to_jsonb(before), to_jsonb(closed), ${by?.correlationId ?? null})
      FROM closed JOIN before USING (dependency) WHERE ${by !== null}
    )
    SELECT pg_notify(${workChannel}, ${circuitsPayload}), (SELECT count(*) FROM audited) FROM closed`
