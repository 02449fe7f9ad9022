/** Search: the chunks nearest to a question. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { DocumentId } from "../domain/Ids.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { ConcurrencyLimit, RateLimit, RequiredRole } from "./annotations.ts"
import { passage } from "./fields.ts"
import { TrimmedText } from "./PlainText.ts"
import { OverBudget } from "./Problem.ts"

export const SearchRequest = Schema.Struct({
  query: TrimmedText.check(Schema.isMinLength(1), Schema.isMaxLength(8000)),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 50 }))),
  document_id: Schema.optionalKey(DocumentId)
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

/** Best first. */
export const SearchResult = Schema.Struct({ hits: Schema.Array(SearchHitView) })

/**
 * Ignores `Idempotency-Key`: a search changes nothing, and its answer contains document text, which must not be stored
 * again.
 */
export class SearchGroup extends HttpApiGroup.make("search").annotate(OpenApi.Description, "Search in the chunks.").add(
  HttpApiEndpoint.post("search", "/api/v1/search", { payload: SearchRequest, success: SearchResult, error: OverBudget })
    .annotate(OpenApi.Summary, "Find the chunks nearest to a question")
    .annotate(RequiredRole, "viewer").annotate(RateLimit, "search").annotate(ConcurrencyLimit, "search")
) {}
