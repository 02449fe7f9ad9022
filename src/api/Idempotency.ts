/**
 * `Idempotency-Key` on any POST: the request is carried out once, and repetitions get the same answer for a day. Keys are
 * per user; the same key with a different request is refused. Refusals are not stored.
 */
import { HttpApiMiddleware } from "effect/http-api"
import type { Caller } from "./Access.ts"
import { BadRequest, Internal, KeyInFlight, KeyReused, NotFound, Unavailable, Unprocessable } from "./Problem.ts"

export class Idempotency extends HttpApiMiddleware.Service<Idempotency, { provides: never; requires: Caller }>()(
  "accessa/http/Idempotency",
  { error: [BadRequest, NotFound, KeyInFlight, KeyReused, Unprocessable, Unavailable, Internal] }
) {}
