/** The nearest chunks of a user's complete documents: an exact scan, so its time grows with the user's vectors. */
import { Effect, Schema } from "effect"
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

export const searchVectors = Effect.fnUntraced(function*(
  { sql, turn }: SlowReads["Service"],
  parameters: VectorParameters["Service"],
  { documentId, limit, model, query, user }: Question
) {
  // The owner of a chunk or vector is compared in a way that uses no index, because it is the last column of each.
  const rows = yield* sql`
    SELECT c.chunk_id, c.document_id, d.filename, c.chunk_ord AS ordinal, c.text, c.meta, near.score
    FROM (
      SELECT v.chunk_id, 1 - (v.vector <=> ${parameters.one(query)}) AS score
      FROM upload_jobs j
      JOIN document_chunk_buffer c ON c.document_id = j.document_id AND c.user_id IS NOT DISTINCT FROM j.user_id
        AND c.chunker_name || '@' || c.chunker_version = j.chunks_version
      JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id IS NOT DISTINCT FROM c.user_id
      WHERE j.user_id = ${user} AND j.status = 'complete'
        AND v.embed_model = ${model.model} AND v.embed_version = ${model.version}
        ${documentId === undefined ? sql`` : sql`AND j.document_id = ${documentId}`}
      ORDER BY v.vector <=> ${parameters.one(query)}
      LIMIT ${limit}
    ) near
    JOIN document_chunk_buffer c ON c.chunk_id = near.chunk_id AND c.user_id IS NOT DISTINCT FROM ${user}::uuid
    JOIN documents d USING (user_id, document_id)
    ORDER BY near.score DESC, c.chunk_id`.pipe(asUsers(sql, [user]), turn, Effect.mapError(tooSlowOr))
  const decoded = yield* decodeHits(rows)
  return decoded.map(({ chunk_id, document_id, ...hit }): SearchHit => ({
    ...hit,
    chunkId: chunk_id,
    documentId: document_id
  }))
})

/** The session's time limit: the user has more vectors than can be compared within it. */
const tooSlowOr = (error: SqlError): ServiceError => {
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
