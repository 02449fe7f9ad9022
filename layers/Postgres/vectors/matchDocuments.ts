/** The published function `match_documents`, for a user of the API. */
import { Effect, Schema } from "effect"
import type { Match } from "../../../services/Vectors.ts"
import { ChunkId, type UserId } from "../../../src/domain/Ids.ts"
import { asUsers } from "../connection/asUser.ts"
import { decodeRows } from "../connection/rows.ts"
import type { SlowReads } from "../connection/SlowReads.ts"
import type { VectorParameters } from "../connection/VectorParameters.ts"
import { tooSlowOr } from "./searchVectors.ts"

export const matchDocuments = Effect.fnUntraced(function*(
  { sql, turn }: SlowReads["Service"],
  { one, withCurrentType }: VectorParameters["Service"],
  user: UserId,
  query: Float32Array,
  { filter, limit }: { readonly limit: number; readonly filter: Readonly<Record<string, Schema.Json>> }
) {
  const rows = yield* withCurrentType(() =>
    sql`
    SELECT id, content, metadata, similarity
    FROM accessa_match_documents(${one(query)}, ${limit}, ${JSON.stringify(filter)}::jsonb)`.pipe(
      asUsers(sql, [user]),
      turn
    )
  ).pipe(Effect.mapError(tooSlowOr))
  const decoded: ReadonlyArray<Match> = yield* decodeMatches(rows)
  return decoded
})

const decodeMatches = decodeRows(Schema.Struct({
  id: ChunkId,
  content: Schema.String,
  metadata: Schema.Record(Schema.String, Schema.Json),
  similarity: Schema.Finite
}))
