/** The part of the API's contract for quotes: what a document would cost, without buying anything. */
import { Schema } from "effect"
import { Multipart } from "effect/http"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ConcurrencyLimit, RateLimit, RequiredRole } from "./annotations.ts"
import { Idempotency } from "./Idempotency.ts"
import { TooLarge, UnsupportedMedia } from "./Problem.ts"

export const Quote = Schema.Struct({
  filename: Schema.String,
  media_type: Schema.String,
  bytes: Schema.Int,
  sha256: Schema.String,
  /** Null if unknown. */
  pages: Schema.NullOr(Schema.Int),
  estimated_tokens: Schema.Int,
  /** The cost of embedding. Texts that already have vectors cost nothing, but that is not known in advance. */
  estimated_cost_usd: Schema.Finite,
  /** `text`: from the text that was read. If it could not be read, `pages`: from the page count, `size`: from the file size. */
  basis: Schema.Literals(["text", "pages", "size"]),
  embed_model: Schema.String,
  /** What the caller may still spend this month; null without a limit. */
  budget_left_usd: Schema.NullOr(Schema.Finite)
})
export type Quote = typeof Quote.Type

export const QuoteForm = Schema.Struct({ file: Multipart.SingleFileSchema })

export class QuotesGroup
  extends HttpApiGroup.make("quotes").annotate(OpenApi.Description, "What a document would cost.").add(
    HttpApiEndpoint.post("make", "/api/v1/quotes", {
      payload: QuoteForm.pipe(HttpApiSchema.asMultipartStream()),
      success: Quote,
      error: [TooLarge, UnsupportedMedia]
    }).annotate(OpenApi.Summary, "What a document would cost").annotate(
      OpenApi.Description,
      "Estimates tokens and price. Nothing is stored or bought."
    ).annotate(RequiredRole, "user").annotate(
      RateLimit,
      "quote"
    ).annotate(ConcurrencyLimit, "quote")
  ).middleware(Idempotency)
{}
