/** The part of the API's contract that says what a document would cost, and buys nothing. */
import { Schema } from "effect"
import { Multipart } from "effect/http"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { Access } from "./Access.ts"
import { ConcurrencyLimit, RateLimit, RequiredRole } from "./annotations.ts"
import { Idempotency } from "./Idempotency.ts"
import { TooLarge, UnsupportedMedia } from "./Problem.ts"

export const Quote = Schema.Struct({
  filename: Schema.String,
  media_type: Schema.String,
  bytes: Schema.Int,
  sha256: Schema.String,
  /** Null where they cannot be told without parsing. */
  pages: Schema.NullOr(Schema.Int),
  estimated_tokens: Schema.Int,
  /** Of the embedding. Texts that have their vectors already cost nothing, which nobody knows before. */
  estimated_cost_usd: Schema.Finite,
  /** `text`: from the file's own characters. `pages`: from their number. `size`: no more than a guess. */
  basis: Schema.Literals(["text", "pages", "size"]),
  embed_model: Schema.String,
  /** What the caller may still spend this month; null without a limit. */
  budget_left_usd: Schema.NullOr(Schema.Finite)
})
export type Quote = typeof Quote.Type

export class QuotesGroup extends HttpApiGroup.make("quotes").add(
  HttpApiEndpoint.post("make", "/api/v1/quotes", {
    payload: Schema.Struct({ file: Multipart.SingleFileSchema }).pipe(HttpApiSchema.asMultipartStream()),
    success: Quote,
    error: [TooLarge, UnsupportedMedia]
  }).annotate(RequiredRole, "user").annotate(RateLimit, "quote").annotate(ConcurrencyLimit, "quote")
).middleware(Idempotency).middleware(Access) {}
