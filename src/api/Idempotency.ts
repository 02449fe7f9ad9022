/**
 * `Idempotency-Key` on any POST: the request is carried out once, and its answer given again to every repetition for a day.
 * A key is the caller's own; the same key with another request is refused. Refusals are not kept.
 */
import { HttpApiMiddleware } from "effect/http-api"
import type { Caller } from "./Access.ts"
import { BadRequest, Internal, KeyInFlight, KeyReused, NotFound, Unavailable, Unprocessable } from "./Problem.ts"

export class Idempotency extends HttpApiMiddleware.Service<Idempotency, { provides: never; requires: Caller }>()(
  "accessa/http/Idempotency",
  { error: [BadRequest, NotFound, KeyInFlight, KeyReused, Unprocessable, Unavailable, Internal] }
) {}
