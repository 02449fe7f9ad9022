/** Authentication, role check and rate limit in front of every route that is not open; provides the caller. */
import { Context, type Effect } from "effect"
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

/** Returns once the caller's credential is no longer accepted, within seconds: for what outlives the request's own check. */
export class CredentialEnded extends Context.Service<CredentialEnded, Effect.Effect<void>>()(
  "accessa/http/CredentialEnded"
) {}

export class Access
  extends HttpApiMiddleware.Service<Access, { provides: Caller | CredentialEnded; requires: never }>()(
    "accessa/http/Access",
    {
      security: { bearer: HttpApiSecurity.bearer },
      error: [BadRequest, Unauthenticated, Forbidden, TooManyRequests, Overloaded, Unprocessable, Unavailable, Internal]
    }
  )
{}
