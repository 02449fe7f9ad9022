/** Compares object names with rows, on Postgres: an object's name begins with its document's key, which is indexed. */
import { Duration, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { ObjectNames } from "../../../services/ObjectNames.ts"
import { DocumentId, UserId } from "../../../src/domain/Ids.ts"
import { ownerOf } from "../../../src/domain/objectPaths.ts"
import { orphans } from "../../../src/policy/erasures.ts"
import { rowsOf, run } from "../connection/rows.ts"

const interval = Duration.toSeconds(orphans.interval)

export const ObjectNamesSql = Layer.effect(
  ObjectNames,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    return ObjectNames.of({
      unnamed: Effect.fn("ObjectNames.unnamed")(function*(paths) {
        const ours = paths.flatMap((path) => {
          const owner = ownerOf(path)
          return owner === undefined ? [] : [{ path, ...owner }]
        })
        const rows = yield* run(sql<{ readonly path: string }>`
          SELECT o.path
          FROM unnest(${ours.map(({ path }) => path)}::text[], ${ours.map(({ user }) => user)}::uuid[],
            ${ours.map(({ document }) => document)}::uuid[]) AS o(path, user_id, document_id)
          WHERE NOT EXISTS (
              SELECT FROM documents d
              WHERE d.user_id = o.user_id AND d.document_id = o.document_id AND d.raw_path = o.path
            ) AND NOT EXISTS (
              SELECT FROM upload_jobs j
              WHERE j.user_id = o.user_id AND j.document_id = o.document_id AND j.parsed_path = o.path
            ) AND NOT EXISTS (
              SELECT FROM uploads u WHERE u.document_id = o.document_id AND u.user_id = o.user_id AND u.path = o.path
            )
            -- Everything in another installation's bucket would look orphaned: only users of this one count.
            AND EXISTS (SELECT FROM storage_use s WHERE s.user_id = o.user_id)`)
        return rows.map(({ path }) => path)
      }),
      page: Effect.fn("ObjectNames.page")(function*(after, limit) {
        return yield* readPage(sql`
          SELECT d.user_id AS "userId", d.document_id AS "documentId", array_remove(ARRAY[d.raw_path, j.parsed_path], NULL)
            AS paths
          FROM documents d JOIN upload_jobs j USING (user_id, document_id)
          ${
          after === undefined ? sql`` : sql`WHERE (d.user_id, d.document_id) > (${after.userId}, ${after.documentId})`
        }
          ORDER BY d.user_id, d.document_id LIMIT ${limit}`)
      }),
      takeTurn: Effect.fn("ObjectNames.takeTurn")(function*(bucket) {
        const rows = yield* run(sql`
          UPDATE object_sweeps SET run_at = now() + ${interval} * interval '1 second'
          WHERE bucket = ${bucket} AND run_at <= now() RETURNING bucket`)
        return rows.length > 0
      })
    })
  })
)

const readPage = rowsOf(Schema.Struct({
  userId: UserId,
  documentId: DocumentId,
  paths: Schema.Array(Schema.String)
}))
