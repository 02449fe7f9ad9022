/** Search: embeds the query like the chunks and returns the nearest ones with their positions. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Embedder } from "../../services/Embedder.ts"
import { Vectors } from "../../services/Vectors.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { OverBudget } from "../api/Problem.ts"
import { defined } from "../domain/defined.ts"
import type { RecoverableError, ServiceError } from "../domain/ServiceError.ts"
import { budgetLookedAt } from "../policy/budgets.ts"
import { makeWithQueryVector } from "../purchases/withQueryVector.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { secondsOf } from "./server/setHeader.ts"
import { toHitView } from "./views/toHitView.ts"

export const SearchLive = HttpApiBuilder.group(
  Api,
  "search",
  Effect.fnUntraced(function*(handlers) {
    const { model } = yield* Embedder
    const vectors = yield* Vectors
    const withQueryVector = yield* makeWithQueryVector

    return handlers.handleAll({
      search: handler("http.search", function*({ payload: { document_id, limit = 10, query } }) {
        const { userId } = yield* Caller
        const hits = yield* withQueryVector(
          userId,
          query,
          (vector) => vectors.search(userId, model, vector, { limit, ...defined({ documentId: document_id }) })
        ).pipe(
          Effect.catchIf(isOverBudget, (error) => Effect.fail(overBudget(error)))
        )
        return { hits: hits.map(toHitView) }
      }),

      matchDocuments: handler(
        "http.matchDocuments",
        function*({ payload: { filter = {}, match_count, query_embedding } }) {
          const { userId } = yield* Caller
          return yield* vectors.match(userId, Float32Array.from(query_embedding), {
            limit: match_count ?? 1000,
            filter
          })
        }
      )
    })
  })
)

const isOverBudget = (error: ServiceError): error is RecoverableError =>
  error._tag === "RecoverableError" && error.code === "BUDGET_EXCEEDED"

const overBudget = ({ message, retryAfter = budgetLookedAt }: RecoverableError) =>
  new OverBudget({ detail: message, retry_after_s: secondsOf(retryAfter) })
