/** The actor and reason of a request, for the audit log; the reason is the header `X-Reason`. */
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http"
import { Caller } from "../../api/Access.ts"
import { Correlation } from "../../api/Correlation.ts"
import { BadRequest } from "../../api/Problem.ts"
import { fromHeaderText } from "../../domain/headerText.ts"
import type { UserId } from "../../domain/Ids.ts"
import type { By } from "../../domain/Principal.ts"
import { cutText } from "../../domain/text.ts"

export const byCaller = Effect.gen(function*() {
  const { actor, role } = yield* Caller
  const by: By = { actor, role, reason: yield* reasonGiven, correlationId: yield* Correlation }
  return by
})

/** The same for a request about one user's data, which requires a reason if that user is not the caller. */
export const byCallerFor = Effect.fnUntraced(function*(user: UserId) {
  const by = yield* byCaller
  const { userId } = yield* Caller
  if (by.reason === null && userId !== user) return yield* unreasoned
  return by
})

const detail = "Acting for another user requires a reason."
const unreasoned = new BadRequest({
  code: "BAD_REQUEST",
  detail,
  errors: [{ pointer: "/headers/x-reason", detail }]
})

/** A header is truncated to the length of a sentence. */
const reasonGiven = Effect.map(
  HttpServerRequest.HttpServerRequest,
  ({ headers }) => cutText(fromHeaderText(headers["x-reason"] ?? "").trim(), 500) || null
)
