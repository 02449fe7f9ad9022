/** Search: the chunks nearest to a question. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ChunkId, DocumentId } from "../domain/Ids.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { dimensions, vectorFault } from "../domain/Vector.ts"
import { ConcurrencyLimit, RateLimit, RequiredRole } from "./annotations.ts"
import { passage } from "./fields.ts"
import { PlainObject, TrimmedText } from "./PlainText.ts"
import { OverBudget } from "./Problem.ts"

export const SearchRequest = Schema.Struct({
  query: TrimmedText.check(Schema.isMinLength(1), Schema.isMaxLength(8000)).pipe(
    Schema.annotateEncoded({ description: "1 to 8,000 characters, apart from white space around them." })
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 50 })).annotate({ description: "10 if absent." })
  ),
  document_id: Schema.optionalKey(
    DocumentId.pipe(Schema.annotateEncoded({ description: "Search in this document only." }))
  )
})
export type SearchRequest = typeof SearchRequest.Type

export const SearchHitView = snakeKeys({
  ...passage,
  documentId: DocumentId,
  filename: Schema.String,
  /** Cosine similarity, -1 to 1. */
  score: Schema.Finite
})
export type SearchHitView = typeof SearchHitView.Type

/** Single precision, as stored: 1e39 is infinite, and nothing is similar to zeros. */
const comparable = (vector: ReadonlyArray<number>): string | undefined => {
  const fault = vectorFault(Float32Array.from(vector), dimensions)
  return fault === undefined ? undefined : `The vector ${fault}.`
}

/** The arguments of the published function of the same name (docs/reading.md). */
const MatchRequest = Schema.Struct({
  query_embedding: Schema.Array(Schema.Finite).check(
    Schema.isMinLength(dimensions),
    Schema.isMaxLength(dimensions),
    Schema.makeFilter(comparable)
  ),
  match_count: Schema.optionalKey(Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))),
  filter: Schema.optionalKey(PlainObject)
})

/** Best first. */
const Matches = Schema.Array(Schema.Struct({
  id: ChunkId,
  content: Schema.String,
  metadata: Schema.Record(Schema.String, Schema.Json),
  similarity: Schema.Finite
}))

/** Best first. */
export const SearchResult = Schema.Struct({ hits: Schema.Array(SearchHitView) })

/**
 * Ignores `Idempotency-Key`: a search changes nothing, and its answer contains document text, which must not be stored
 * again.
 */
export class SearchGroup extends HttpApiGroup.make("search").annotate(OpenApi.Description, "Search in the chunks.").add(
  HttpApiEndpoint.post("search", "/api/v1/search", { payload: SearchRequest, success: SearchResult, error: OverBudget })
    .annotate(OpenApi.Summary, "Find the chunks nearest to a question").annotate(
      OpenApi.Description,
      "Embeds the question, which is paid for, and searches the complete documents of the user."
    )
    .annotate(RequiredRole, "viewer").annotate(RateLimit, "search").annotate(ConcurrencyLimit, "search"),
  HttpApiEndpoint.post("matchDocuments", "/rest/v1/rpc/match_documents", { payload: MatchRequest, success: Matches })
    .annotate(OpenApi.Summary, "Find the chunks nearest to a vector, as supabase-js calls it").annotate(
      OpenApi.Description,
      "Has the arguments and the result of the database function `match_documents`."
    )
    .annotate(RequiredRole, "viewer").annotate(RateLimit, "search").annotate(ConcurrencyLimit, "search")
) {}
