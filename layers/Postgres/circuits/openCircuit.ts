/** Opens or halts a circuit for all processes and raises its alert. */
import { Duration } from "effect"
import type { SqlClient } from "effect/sql"
import type { Finding } from "../../../services/Circuits.ts"
import { raiseAlert } from "../alerts/raiseAlert.ts"
import { circuitsPayload, workChannel } from "../connection/channels.ts"

/**
 * Returns a row if it did. A late report changes nothing, and counts for the alert only while the circuit is not closed.
 */
export const openCircuit = (sql: SqlClient.SqlClient, state: "open" | "halted", finding: Finding) => {
  const { actor, code, dependency, failures, generation, message, probeAfter } = finding
  return sql`
    WITH circuit AS MATERIALIZED (
      SELECT dependency, state, generation FROM providers WHERE dependency = ${dependency} FOR UPDATE
    ), opened AS (
      UPDATE providers p SET state = ${state}, code = ${code}, message = ${message}, failures = ${failures},
        opened_at = coalesce(opened_at, now()), since = CASE WHEN p.state = ${state} THEN since ELSE now() END,
        probe_at = now() + ${Duration.toMillis(probeAfter)}::float8 * interval '1 millisecond',
        updated_by = ${actor}, reason = NULL
      FROM circuit WHERE p.dependency = circuit.dependency AND circuit.generation = ${generation}
      RETURNING p.dependency
    ), raised AS (${
    raiseAlert(
      sql,
      "CIRCUIT_OPEN",
      sql`SELECT ${`${dependency}:${code}`}, ${dependency}, ${code}, ${message}::text FROM circuit
        WHERE state <> 'closed' OR generation = ${generation}`
    )
  })
    SELECT pg_notify(${workChannel}, ${circuitsPayload}) FROM opened`
}
