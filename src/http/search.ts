/** Search: the question is embedded like the chunks were, and the nearest ones are shown with their place. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Embedder } from "../../services/Embedder.ts"
import { type SearchHit, Vectors } from "../../services/Vectors.ts"
import { TransientError } from "../domain/StageError.ts"
import { Caller } from "./Access.ts"
import { Api } from "./Api.ts"
import type { SearchHitView } from "./DocumentView.ts"
import { stageProblem } from "./stageProblem.ts"

export const SearchLive = HttpApiBuilder.group(
  Api,
  "search",
  Effect.fnUntraced(function*(handlers) {
    const embedder = yield* Embedder
    const vectors = yield* Vectors

    return handlers.handle(
      "search",
      Effect.fn("http.search")(function*({ payload }) {
        const { userId } = yield* Caller
        const { vectors: [query] } = yield* embedder.embed([payload.query])
        if (query === undefined) {
          const message = "The embedding provider answered without a vector."
          return yield* new TransientError({ code: "EMBED_INVALID_RESPONSE", message, dependency: "embedder" })
        }
        const hits = yield* vectors.search(userId, embedder.model, query, {
          limit: payload.limit ?? 10,
          ...(payload.document_id === undefined ? {} : { documentId: payload.document_id })
        })
        return { hits: hits.map(toView) }
      }, stageProblem)
    )
  })
)

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
