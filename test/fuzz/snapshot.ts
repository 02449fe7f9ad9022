/** The tables' content as one hash per table: equal hashes prove that nothing changed. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Hashes of all rows, or of those of these users (by job or document in tables without a user), except the tables in which
 * every caller leaves a trace.
 */
export const snapshot = Effect.fnUntraced(
  function*(ids: ReadonlyArray<string> | "all", without: ReadonlyArray<string>) {
    const sql = yield* SqlClient.SqlClient
    const tables = yield* sql<{ readonly name: string; readonly owner: string | null }>`
    SELECT c.relname::text AS name, max(a.attname::text) AS owner
    FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('user_id', 'job_id', 'document_id')
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND has_table_privilege(c.oid, 'SELECT')
    GROUP BY c.relname ORDER BY c.relname`
    const hashes = new Map<string, string>()
    for (const { name, owner } of tables) {
      if (without.includes(name) || (ids !== "all" && owner === null)) continue
      const mine = ids === "all" || owner === null ? sql`true` : sql`${sql(owner)} = ANY(${ids}::uuid[])`
      const [hash] = yield* sql<{ readonly hash: string; readonly rows: number }>`
      SELECT md5(coalesce(string_agg(row, '|' ORDER BY row), '')) AS hash, count(*)::int AS rows
      FROM (SELECT t::text AS row FROM ${sql(name)} t WHERE ${mine}) each`
      hashes.set(name, `${hash?.rows} rows ${hash?.hash}`)
    }
    return hashes
  }
)

/** The tables that differ. */
export const changes = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>
): ReadonlyArray<string> =>
  [...after].filter(([name, hash]) => before.get(name) !== hash).map(([name, hash]) =>
    `${name}: ${before.get(name)} → ${hash}`
  )
