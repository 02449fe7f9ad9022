/**
 * Refuses a request that means something else than it says: an unknown query parameter, a body where none is expected, and
 * a single value that is sent twice. What a route knows is read from the contract. Unknown members of a body are refused
 * where it is decoded (`strictBodies`).
 */
import { HttpApiMiddleware } from "effect/http-api"
import { BadRequest } from "./Problem.ts"

export class KnownFields extends HttpApiMiddleware.Service<KnownFields>()("accessa/http/KnownFields", {
  error: BadRequest
}) {}

export const strictBodies = { onExcessProperty: "error", errors: "all" } as const
