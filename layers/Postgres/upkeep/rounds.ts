/**
 * One round over a kind of rows, as one statement: it locks the kind's row in `upkeep`, unless another process has it or the
 * kind is not due, removes a batch, and writes down what it did.
 */
import { Duration } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { pruneBatch, pruneEvery } from "../../../src/policy/retention.ts"

interface RoundParts {
  readonly kind: string
  readonly kept: Duration.Duration | undefined
  /** CTEs that remove rows if `turn` has one. */
  readonly work: Statement.Fragment
  /** How many rows went, whether there may be more, and where the next round begins. */
  readonly removed: Statement.Fragment
  readonly more: Statement.Fragment
  readonly place?: Statement.Fragment
}

export const round = (sql: SqlClient.SqlClient, { kept, kind, more, place, removed, work }: RoundParts) => ({
  kind,
  statement: sql`
    WITH turn AS MATERIALIZED (
      SELECT kind, place FROM upkeep WHERE kind = ${kind} AND run_at <= now() FOR UPDATE SKIP LOCKED
    ), ${work}, done AS MATERIALIZED (
      SELECT ${removed} AS removed, ${more} AS more, ${place ?? sql`0`}::bigint AS place FROM turn
    )
    UPDATE upkeep u SET kept = ${kept === undefined ? null : Duration.toSeconds(kept)}::float8 * interval '1 second',
      ran_at = now(), removed = u.removed + done.removed, place = done.place,
      caught_up_at = CASE WHEN done.more THEN u.caught_up_at ELSE now() END,
      run_at = CASE WHEN done.more THEN now() ELSE now() + ${
    Duration.toSeconds(pruneEvery)
  }::float8 * interval '1 second' END
    FROM done WHERE u.kind = ${kind}
    RETURNING done.removed, done.more`
})

interface Rows {
  readonly kind: string
  readonly kept: Duration.Duration | undefined
  readonly table: string
  /** The columns of its key. */
  readonly key: string
  readonly condition: Statement.Fragment
  /** What the rows are ordered by. */
  readonly oldest: string
}

/** Removes the oldest rows that match the condition. */
export const removal = (sql: SqlClient.SqlClient, { condition, kept, key, kind, oldest, table }: Rows) =>
  round(sql, {
    kind,
    kept,
    work: sql`gone AS (
      DELETE FROM ${sql(table)} WHERE (${sql.literal(key)}) IN (
        SELECT ${sql.literal(key)} FROM ${sql(table)} WHERE ${condition} AND EXISTS (SELECT FROM turn)
        ORDER BY ${sql.literal(oldest)} LIMIT ${pruneBatch} FOR UPDATE SKIP LOCKED
      ) AND ${condition} RETURNING 1 AS one
    )`,
    removed: sql`(SELECT count(*) FROM gone)::int`,
    more: sql`(SELECT count(*) FROM gone) = ${pruneBatch}`
  })
