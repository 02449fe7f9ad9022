/** The smoke test: uploads a document, finds it by a search, and deletes it. */
import { Clock, Effect } from "effect"
import { type ApiClient, sendDocument } from "../baseline/sendDocument.ts"
import { checked } from "../checked.ts"
import { sentenceOf } from "../validate/facts/sentenceOf.ts"

const question = "What does the document say?"

export const smokeTest = Effect.fn("release.smoke")(function*(api: ApiClient) {
  const ready = checked("smoke", "ready", "the API reports that it is ready")
  const document = checked(
    "smoke",
    "document",
    "a new document becomes complete, with a receipt without a failed check"
  )
  const search = checked("smoke", "search", "a search answers")
  const bytes = new TextEncoder().encode(
    `# Smoke test\n\nSent at ${yield* Clock.currentTimeMillis} to see that a new document is processed.\n`
  )
  return yield* Effect.all([
    api.health.ready().pipe(
      Effect.map(({ checks }) => ready.pass(`${checks.length} checks are well`)),
      Effect.catch((error) => Effect.succeed(ready.fail(sentenceOf(error), "Run `accessa doctor`.")))
    ),
    sendDocument(api, { name: "smoke.md", bytes }).pipe(
      Effect.map(({ outcome: { chunks, failedChecks, reason, status } }) =>
        status === "complete" && failedChecks.length === 0 && chunks > 0
          ? document.pass(`${chunks} chunks`)
          : document.fail(
            `it is ${status} ${reason} ${failedChecks.join(", ")}`.trim(),
            "See the reason; `accessa doctor` says more."
          )
      ),
      Effect.catch((error) => Effect.succeed(document.fail(sentenceOf(error), "See the API's log.")))
    ),
    api.search.search({ payload: { query: question, limit: 1 } }).pipe(
      Effect.map(({ hits }) => search.pass(`${hits.length} passages`)),
      Effect.catch((error) => Effect.succeed(search.fail(sentenceOf(error), "See `accessa providers`.")))
    )
  ], { concurrency: "unbounded" })
})
