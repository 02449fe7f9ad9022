/** Gives every route its correlation id and its problems: undecodable requests, unavailable services, defects. */
import { HttpApiMiddleware } from "effect/http-api"
import { BadRequest, Internal, Unavailable, Unprocessable } from "./Problem.ts"

export class Problems extends HttpApiMiddleware.Service<Problems>()("accessa/http/Problems", {
  error: [BadRequest, Unprocessable, Unavailable, Internal]
}) {}
