/** Search: the question is embedded like the chunks were, and the nearest ones are shown with their place. */
import { Duration, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Embedder } from "../../services/Embedder.ts"
import { type SearchHit, Vectors } from "../../services/Vectors.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { Correlation } from "../api/Correlation.ts"
import type { SearchHitView } from "../api/DocumentView.ts"
import { OverBudget } from "../api/Problem.ts"
import type { RecoverableError, ServiceError } from "../domain/ServiceError.ts"
import { budgetLookedAt } from "../policy/budgets.ts"
import { makeWithQueryVector } from "../purchases/withQueryVector.ts"
import { stageProblem } from "./middleware/stageProblem.ts"
import { setHeader } from "./server/setHeader.ts"

export const SearchLive = HttpApiBuilder.group(
  Api,
  "search",
  Effect.fnUntraced(function*(handlers) {
    const { model } = yield* Embedder
    const vectors = yield* Vectors
    const withQueryVector = yield* makeWithQueryVector

    return handlers.handle(
      "search",
      Effect.fn("http.search")(
        function*({ payload }) {
          const { userId } = yield* Caller
          const hits = yield* withQueryVector(userId, payload.query, (query) =>
            vectors.search(userId, model, query, {
              limit: payload.limit ?? 10,
              ...(payload.document_id === undefined ? {} : { documentId: payload.document_id })
            }))
          return { hits: hits.map(toView) }
        },
        Effect.catchIf(isOverBudget, overBudget),
        stageProblem
      )
    )
  })
)

const isOverBudget = (error: ServiceError): error is RecoverableError =>
  error._tag === "RecoverableError" && error.code === "BUDGET_EXCEEDED"

const overBudget = Effect.fnUntraced(function*({ message, retryAfter = budgetLookedAt }: RecoverableError) {
  const retry_after_s = Math.max(1, Math.ceil(Duration.toSeconds(retryAfter)))
  yield* setHeader("retry-after", String(retry_after_s))
  return yield* new OverBudget({ detail: message, retry_after_s, correlation_id: yield* Correlation })
})

const toView = ({ chunkId, documentId, filename, meta, ordinal, score, text }: SearchHit): SearchHitView => ({
  chunk_id: chunkId,
  document_id: documentId,
  filename,
  ordinal,
  text,
  headings: meta.headings,
  page: meta.page ?? null,
  score
})
