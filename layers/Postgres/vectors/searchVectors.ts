/** The nearest chunks of a user's complete documents, to a question or to another chunk: an exact scan, so its time grows with the user's vectors. */
import { Effect, Schema } from "effect"
import type { Statement } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import type { SearchHit } from "../../../services/Vectors.ts"
import { ChunkMeta } from "../../../src/domain/Chunk.ts"
import { errorCodes } from "../../../src/domain/ErrorCode.ts"
import { ChunkId, DocumentId, type UserId } from "../../../src/domain/Ids.ts"
import { type ServiceError, TransientError } from "../../../src/domain/ServiceError.ts"
import type { EmbeddingModel } from "../../../src/domain/Vector.ts"
import { asUsers } from "../connection/asUser.ts"
import { decodeRows } from "../connection/rows.ts"
import type { SlowReads } from "../connection/SlowReads.ts"
import { toServiceError } from "../connection/sqlErrors.ts"
import type { VectorParameters } from "../connection/VectorParameters.ts"

interface Question {
  readonly user: UserId
  readonly model: EmbeddingModel
  readonly query: Float32Array
  readonly limit: number
  readonly documentId?: DocumentId
}

export const searchVectors = (
  reads: SlowReads["Service"],
  parameters: VectorParameters["Service"],
  { documentId, limit, model, query, user }: Question
) => {
  const { sql } = reads
  const rows = parameters.withCurrentType(() =>
    nearestTo(reads, user, limit, {
      query: sql`${parameters.one(query)}`,
      among: sql`v.embed_model = ${model.model} AND v.embed_version = ${model.version}
        ${documentId === undefined ? sql`` : sql`AND j.document_id = ${documentId}`}`
    })
  )
  return hitsOf(rows)
}

/** Among the vectors of the chunk's own model. */
export const nearestToChunk = (reads: SlowReads["Service"], user: UserId, chunk: ChunkId, limit: number) => {
  const { sql } = reads
  const stored = sql`FROM document_vector_buffer s JOIN document_chunk_buffer sc USING (chunk_id, user_id)
        JOIN upload_jobs sj ON sj.user_id = sc.user_id AND sj.document_id = sc.document_id
          AND sj.embed_model = s.embed_model AND sj.embed_version = s.embed_version
        WHERE s.chunk_id = ${chunk} AND s.user_id = ${user} LIMIT 1`
  return hitsOf(nearestTo(reads, user, limit, {
    query: sql`(SELECT s.vector ${stored})`,
    among: sql`(v.embed_model, v.embed_version) = (SELECT s.embed_model, s.embed_version ${stored})
        AND v.chunk_id <> ${chunk}`
  }))
}

const nearestTo = (
  { sql, turn }: SlowReads["Service"],
  user: UserId,
  limit: number,
  { among, query }: { readonly query: Statement.Fragment; readonly among: Statement.Fragment }
) =>
  // The owner of a chunk or vector is compared in a way that uses no index, because it is the last column of each.
  sql`
    SELECT c.chunk_id, c.document_id, d.filename, c.chunk_ord AS ordinal, c.text, c.meta, near.score
    FROM (
      SELECT v.chunk_id, 1 - (v.vector <=> ${query}) AS score
      FROM upload_jobs j
      JOIN document_chunk_buffer c ON c.document_id = j.document_id AND c.user_id IS NOT DISTINCT FROM j.user_id
        AND c.chunker_name || '@' || c.chunker_version = j.chunks_version
      JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id IS NOT DISTINCT FROM c.user_id
      WHERE j.user_id = ${user} AND j.status = 'complete' AND ${among}
      ORDER BY v.vector <=> ${query}
      LIMIT ${limit}
    ) near
    JOIN document_chunk_buffer c ON c.chunk_id = near.chunk_id AND c.user_id IS NOT DISTINCT FROM ${user}::uuid
    JOIN documents d USING (user_id, document_id)
    ORDER BY near.score DESC, c.chunk_id`.pipe(asUsers(sql, [user]), turn)

const hitsOf = Effect.fnUntraced(function*(found: Effect.Effect<ReadonlyArray<unknown>, SqlError>) {
  const rows = yield* Effect.mapError(found, tooSlowOr)
  const decoded = yield* decodeHits(rows)
  return decoded.map(({ chunk_id, document_id, ...hit }): SearchHit => ({
    ...hit,
    chunkId: chunk_id,
    documentId: document_id
  }))
})

/** The session's time limit: the user has more vectors than can be compared within it. */
export const tooSlowOr = (error: SqlError): ServiceError => {
  if (error.reason._tag !== "StatementTimeoutError") return toServiceError(error)
  const { help, title } = errorCodes.SEARCH_TIMEOUT
  return new TransientError({ code: "SEARCH_TIMEOUT", message: `${title} ${help}`, dependency: "database" })
}

const decodeHits = decodeRows(Schema.Struct({
  chunk_id: ChunkId,
  document_id: DocumentId,
  filename: Schema.String,
  ordinal: Schema.Int,
  text: Schema.String,
  meta: ChunkMeta,
  score: Schema.Finite
}))
