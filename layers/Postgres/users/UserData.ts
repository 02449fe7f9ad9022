/** One user's data on Postgres. */
import { Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type ExportPage, type ExportPlace, UserData } from "../../../services/UserData.ts"
import { DocumentId, type UserId } from "../../../src/domain/Ids.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { exportPage } from "../../../src/policy/userData.ts"
import { inTransaction } from "../connection/inTransaction.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { SlowReads } from "../connection/SlowReads.ts"
import { lockRoom } from "../documents/storageRoom.ts"
import { documentTables, type UserTable, userTables } from "./userTables.ts"

export const UserDataSql = Layer.effect(
  UserData,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const slow = yield* SlowReads

    const documentPage = Effect.fnUntraced(function*(user: UserId, after: string) {
      const documents = yield* readDocuments(sql`
        SELECT d.document_id AS id, d.filename, j.parsed_path IS NOT NULL AS parsed
        FROM documents d JOIN upload_jobs j USING (user_id, document_id)
        WHERE d.user_id = ${user} AND d.document_id > ${after === "" ? beforeAll : after}::uuid
        ORDER BY d.document_id LIMIT ${exportPage.documents}`)
      const last = documents.at(-1)
      if (last === undefined) return { records: [], files: [], next: Option.some({ part: 1, after: "" }) }
      const ids = documents.map(({ id }) => id)
      const records = yield* readRecords(sql`
        SELECT 'documents' AS "table", to_jsonb(d) AS row FROM documents d
        WHERE user_id = ${user} AND document_id = ANY(${ids}::uuid[])
        UNION ALL SELECT 'upload_jobs', to_jsonb(j) - 'webhook_secret' FROM upload_jobs j
        WHERE user_id = ${user} AND document_id = ANY(${ids}::uuid[])
        UNION ALL SELECT 'job_events', to_jsonb(e) FROM job_events e JOIN upload_jobs j USING (job_id)
        WHERE j.user_id = ${user} AND j.document_id = ANY(${ids}::uuid[])
        UNION ALL SELECT 'webhook_receipts', to_jsonb(r) FROM webhook_receipts r JOIN upload_jobs j USING (job_id)
        WHERE j.user_id = ${user} AND j.document_id = ANY(${ids}::uuid[])`)
      const page: ExportPage = {
        records,
        files: documents.flatMap(({ filename, id, parsed }) => [
          { documentId: id, kind: "raw" as const, filename },
          ...(parsed ? [{ documentId: id, kind: "parsed" as const, filename }] : [])
        ]),
        next: Option.some({ part: 0, after: last.id })
      }
      return page
    })

    const tablePage = Effect.fnUntraced(
      function*(user: UserId, part: number, { key, secrets, table }: UserTable, after: string) {
        const rows = yield* readKeyed(sql`
        SELECT (${sql.literal(key)})::text AS key, to_jsonb(t) - ${secrets ?? []}::text[] AS row FROM ${sql(table)} t
        WHERE user_id = ${user} AND (${sql.literal(key)})::text > ${after}
        ORDER BY 1 LIMIT ${exportPage.rows}`)
        const last = rows.length < exportPage.rows ? undefined : rows.at(-1)
        const next: ExportPlace = last === undefined ? { part: part + 1, after: "" } : { part, after: last.key }
        const page: ExportPage = {
          records: rows.map(({ row }) => ({ table, row })),
          files: [],
          next: next.part > userTables.length ? Option.none() : Option.some(next)
        }
        return page
      }
    )

    const audit = (user: UserId, action: string, { actor, correlationId, reason, role }: By) =>
      sql`
        SELECT accessa_audit(${actor}, ${role}, ${user}::uuid, ${action}, 'user', ${user}::text, ${reason}, NULL, NULL,
          ${correlationId}::uuid)`

    const count = (table: string, condition: string) =>
      `SELECT '${table}' AS "table", count(*)::int AS rows FROM ${table} WHERE user_id = $1 ${condition}`
    const remaining = [
      ...documentTables.map(({ table }) => count(table, "")),
      ...userTables.filter(({ erasure }) => erasure === "removed").map(({ table }) => count(table, "")),
      count("uploads", "AND filename <> ''")
    ].join(" UNION ALL ")

    return UserData.of({
      page: Effect.fn("UserData.page")(function*(user, { after, part }) {
        const table = userTables[part - 1]
        return part === 0
          ? yield* documentPage(user, after)
          : table === undefined
          ? { records: [], files: [], next: Option.none() }
          : yield* tablePage(user, part, table, after)
      }),
      close: Effect.fn("UserData.close")(function*(user, by) {
        yield* run(
          inTransaction(sql)(Effect.gen(function*() {
            // An upload that is about to become a document either does so first, and is erased, or finds the user erased.
            yield* lockRoom(sql, user)
            yield* sql`
              INSERT INTO storage_use (user_id, erased_at) VALUES (${user}, clock_timestamp())
              ON CONFLICT (user_id) DO UPDATE SET erased_at = excluded.erased_at`
            const closed = yield* sql`
            WITH keys AS (
              UPDATE api_keys SET revoked_at = now() WHERE user_id = ${user} AND revoked_at IS NULL RETURNING 1
            ), webhooks AS (
              DELETE FROM webhook_subscriptions WHERE user_id = ${user} RETURNING 1
            )
            SELECT FROM keys UNION ALL SELECT FROM webhooks`
            if (closed.length > 0) yield* audit(user, "user.close", by)
          }))
        )
      }),
      documents: Effect.fn("UserData.documents")(function*(user, limit) {
        const ids = yield* readDocumentIds(sql`
          SELECT document_id AS id FROM documents WHERE user_id = ${user} ORDER BY document_id LIMIT ${limit}`)
        const [{ all } = { all: 0 }] = yield* run(sql<{ readonly all: number }>`
          SELECT count(*)::int AS all FROM documents WHERE user_id = ${user}`)
        return { ids: ids.map(({ id }) => id), all }
      }),
      removeRest: Effect.fn("UserData.removeRest")(function*(user, by) {
        yield* run(
          inTransaction(sql)(Effect.gen(function*() {
            for (const { erasure, table } of userTables) {
              if (erasure === "removed") yield* sql`DELETE FROM ${sql(table)} WHERE user_id = ${user}`
            }
            // The sweep removes their objects, and the rows when their addresses have expired.
            yield* sql`
            UPDATE uploads SET filename = '', sha256 = NULL, metadata = '{}', sweep_at = now(),
              state = CASE state WHEN 'open' THEN 'ended' ELSE state END
            WHERE user_id = ${user}`
            yield* audit(user, "user.erase", by)
          }))
        )
      }),
      leftovers: Effect.fn("UserData.leftovers")(function*(user) {
        const rows = yield* readCounts(slow.turn(slow.sql.unsafe(remaining, [user])))
        const [{ pending } = { pending: 0 }] = yield* run(sql<{ readonly pending: number }>`
          SELECT count(*)::int AS pending FROM erasures WHERE user_id = ${user} AND passes = 0`)
        return { rows: rows.filter(({ rows }) => rows > 0), pendingErasures: pending }
      })
    })
  })
)

const beforeAll = "00000000-0000-0000-0000-000000000000"

const readDocuments = rowsOf(Schema.Struct({ id: DocumentId, filename: Schema.String, parsed: Schema.Boolean }))
const readDocumentIds = rowsOf(Schema.Struct({ id: DocumentId }))
const readRecords = rowsOf(Schema.Struct({ table: Schema.String, row: Schema.Json }))
const readKeyed = rowsOf(Schema.Struct({ key: Schema.String, row: Schema.Json }))
const readCounts = rowsOf(Schema.Struct({ table: Schema.String, rows: Schema.Int }))
