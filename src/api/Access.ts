/** Authentication, role check and rate limit in front of every route that is not open; provides the caller. */
import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import type { Principal } from "../domain/Principal.ts"
import {
  BadRequest,
  Forbidden,
  Internal,
  Overloaded,
  TooManyRequests,
  Unauthenticated,
  Unavailable,
  Unprocessable
} from "./Problem.ts"

/** The user for whom a request is carried out. */
export class Caller extends Context.Service<Caller, Principal>()("accessa/http/Caller") {}

export class Access extends HttpApiMiddleware.Service<Access, { provides: Caller; requires: never }>()(
  "accessa/http/Access",
  {
    security: { bearer: HttpApiSecurity.bearer },
    error: [BadRequest, Unauthenticated, Forbidden, TooManyRequests, Overloaded, Unprocessable, Unavailable, Internal]
  }
) {}
