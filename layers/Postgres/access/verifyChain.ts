/** Verifies the audit log's chain, its archive first, in short statements: no statement reads more than a page. */
import { Clock, Duration, Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { AuditCheck, AuditPlace } from "../../../services/AuditLog.ts"
import { auditCheck } from "../../../src/policy/lists.ts"
import { auditSegment } from "../../../src/policy/retention.ts"
import { decodeRow, run } from "../connection/rows.ts"
import type { SlowReads } from "../connection/SlowReads.ts"

/** Before the first entry, even if a forged entry has a low number. */
const beginning = { after: "-9223372036854775808", entries: 0, lastHash: Option.none<string>() }

/**
 * Each page's first entry must follow the previous page's last one. Stops at the end of the log, at a broken entry, or when
 * time is up.
 */
export const verifyChain = Effect.fn("AuditLog.verify")(
  function*({ sql, turn }: SlowReads["Service"], from: AuditPlace | undefined) {
    const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(auditCheck.time)
    let at: typeof beginning = from === undefined
      ? beginning
      : { after: String(from.entryId), entries: from.entryId, lastHash: Option.some(from.hash) }
    for (;;) {
      const { broken, found, lastHash } = yield* turn(readPage(sql, at.after, at.entries, at.lastHash))
      const entries = at.entries + found
      at = { after: String(entries), entries, lastHash: Option.orElse(lastHash, () => at.lastHash) }
      const check: AuditCheck = { entries, lastHash: at.lastHash, broken, next: Option.none() }
      if (Option.isSome(broken) || found < auditCheck.page) return check
      if ((yield* Clock.currentTimeMillis) > end) {
        return { ...check, next: Option.map(at.lastHash, (hash) => ({ entryId: entries, hash })) }
      }
    }
  }
)

const readPage = (sql: SqlClient.SqlClient, after: string, entries: number, hash: Option.Option<string>) =>
  sql`
    SELECT count(*)::int AS found, (array_agg(hash ORDER BY entry_id DESC))[1] AS "lastHash",
      (min(entry_id) FILTER (WHERE entry_id <> place OR previous_hash <> before_hash OR hash <> computed))::int AS broken
    FROM (
      SELECT page.*, ${entries}::int + row_number() OVER w AS place,
        lag(hash, 1, ${Option.getOrElse(hash, () => "0".repeat(64))}) OVER w AS before_hash
      FROM (
        (SELECT e.entry_id, e.hash, e.previous_hash, accessa_audit_hash(e) AS computed
        FROM (
          SELECT entries FROM audit_archives WHERE last_entry > ${after}::bigint ORDER BY last_entry
          LIMIT ${auditCheck.page / auditSegment + 1}
        ) a CROSS JOIN LATERAL jsonb_populate_recordset(NULL::audit_log, a.entries) e
        WHERE e.entry_id > ${after}::bigint ORDER BY e.entry_id LIMIT ${auditCheck.page})
        UNION ALL
        (SELECT entry_id, hash, previous_hash, accessa_audit_hash(e) FROM audit_log e
        WHERE entry_id > ${after}::bigint ORDER BY entry_id LIMIT ${auditCheck.page})
        ORDER BY entry_id LIMIT ${auditCheck.page}
      ) page WINDOW w AS (ORDER BY entry_id)
    ) chain`.pipe(
    run,
    Effect.flatMap(([row]) => decodePage(row))
  )

const decodePage = decodeRow(Schema.Struct({
  found: Schema.Int,
  lastHash: Schema.OptionFromNullOr(Schema.String),
  broken: Schema.OptionFromNullOr(Schema.Int)
}))
