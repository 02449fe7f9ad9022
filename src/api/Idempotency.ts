/**
 * `Idempotency-Key` on any POST: the request is carried out once, and its answer given again to every repetition for a day.
 * A key is the caller's own; the same key with another request is refused. Refusals are not kept.
 */
import { Context, Ref } from "effect"
import { HttpApiMiddleware } from "effect/http-api"
import type { Caller } from "./Access.ts"
import { BadRequest, Internal, KeyInFlight, KeyReused, NotFound, Unavailable, Unprocessable } from "./Problem.ts"

export class Idempotency extends HttpApiMiddleware.Service<Idempotency, { provides: never; requires: Caller }>()(
  "accessa/http/Idempotency",
  { error: [BadRequest, NotFound, KeyInFlight, KeyReused, Unprocessable, Unavailable, Internal] }
) {}

/** What a request with a key is called in the rows it makes, however often it has to be begun again; null without a key. */
export class RequestId
  extends Context.Reference<string | null>("accessa/http/RequestId", { defaultValue: () => null })
{}

/** What an upload's parts say, whatever the boundary between them: known when it was read to its end. */
export class UploadDigest extends Context.Reference<Ref.Ref<string>>("accessa/http/UploadDigest", {
  defaultValue: () => Ref.makeUnsafe("")
}) {}

export const reusedKey = () =>
  new KeyReused({ detail: "This Idempotency-Key belongs to another request: a new request takes a new key." })
