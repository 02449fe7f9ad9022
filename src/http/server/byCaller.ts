/** The actor and reason of a request, for the audit log; the reason is the header `X-Reason`. */
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http"
import { Caller } from "../../api/Access.ts"
import { Correlation } from "../../api/Correlation.ts"
import type { By } from "../../domain/Principal.ts"
import { cutText } from "../../domain/text.ts"

export const byCaller = Effect.gen(function*() {
  const { actor, role } = yield* Caller
  const by: By = { actor, role, reason: yield* reasonGiven, correlationId: yield* Correlation }
  return by
})

/** A header is truncated to the length of a sentence. */
const reasonGiven = Effect.map(
  HttpServerRequest.HttpServerRequest,
  ({ headers }) => cutText(headers["x-reason"]?.trim() ?? "", 500) || null
)
