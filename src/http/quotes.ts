/** Quotes what a document would cost: receives and checks it like an upload, then discards it. */
import { Effect, Option } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Budgets } from "../../services/Budgets.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { TextPreview } from "../../services/TextPreview.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { type Quote, QuoteForm } from "../api/quotes.ts"
import { embeddedTokens } from "../chunking/embeddedTokens.ts"
import { countPages } from "../domain/countPages.ts"
import { DocumentId, JobId } from "../domain/Ids.ts"
import { IntakeOptions } from "../intake/IntakeOptions.ts"
import { type Form, readForm } from "../intake/readForm.ts"
import type { ReceivedFile } from "../intake/receive.ts"
import { removeFile } from "../intake/removeFile.ts"
import { atOneGo, embeddingCost } from "../policy/limits.ts"
import { guessTokens } from "../policy/quotes.ts"
import { serviceProblem } from "./middleware/serviceProblem.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { formOf } from "./server/uploadParts.ts"

export const QuotesLive = HttpApiBuilder.group(
  Api,
  "quotes",
  Effect.fnUntraced(function*(handlers) {
    const services = yield* Effect.context<Budgets | Embedder | Ids | ObjectStorage | TextPreview>()
    const { bounds } = yield* HttpOptions
    const options = yield* IntakeOptions
    const maxUploadBytes = Math.min(options.maxUploadBytes, bounds.quoteMb * 1_000_000)
    return handlers.handleRaw("make", ({ request }) =>
      quote(formOf(request, maxUploadBytes, QuoteForm)).pipe(
        Effect.map((made) => HttpServerResponse.jsonUnsafe(made)),
        Effect.provideService(IntakeOptions, { ...options, maxUploadBytes }),
        Effect.provideContext(services),
        serviceProblem
      ))
  })
)

const quote = Effect.fn("http.quotes.make")(function*(form: Form) {
  const { userId } = yield* Caller
  const ids = yield* Ids
  const { model } = yield* Embedder
  const name = DocumentId.make(yield* ids.uuid)
  const counter = countPages()
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(restore(readForm(form, userId, name, counter.add)), ({ file }) =>
      restore(Effect.gen(function*() {
        const counted = file.mediaType === "application/pdf" ? counter.pages() ?? null : null
        const { basis, pages, tokens } = Option.getOrElse(
          yield* readTokens(file, name),
          () => ({ pages: counted, ...guessTokens(file.mediaType, file.bytes, counted) })
        )
        const answer: Quote = {
          filename: file.name,
          media_type: file.mediaType,
          bytes: file.bytes,
          sha256: file.sha256,
          pages,
          estimated_tokens: tokens,
          estimated_cost_usd: embeddingCost(model.model, tokens),
          basis,
          embed_model: model.model,
          budget_left_usd: yield* budgetLeft
        }
        return answer
      })).pipe(Effect.ensuring(removeFile(file.path))))
  )
})

/** From the text, if it can be read now. */
const readTokens = Effect.fnUntraced(function*(file: ReceivedFile, documentId: DocumentId) {
  const { userId } = yield* Caller
  const { chunker } = yield* IntakeOptions
  const preview = yield* TextPreview
  const storage = yield* ObjectStorage
  const ids = yield* Ids
  const read = yield* preview.read({
    jobId: JobId.make(yield* ids.uuid),
    documentId,
    userId,
    filename: file.name,
    mediaType: file.mediaType,
    bytes: file.bytes,
    content: storage.get(file.path)
  })
  return Option.map(read, ({ markdown, pages }) => {
    const bytes = typeof markdown === "string" ? new TextEncoder().encode(markdown) : markdown
    const start = new TextDecoder().decode(bytes.subarray(0, atOneGo.text))
    const share = Math.max(1, bytes.length / atOneGo.text)
    return {
      pages: pages === 0 ? null : pages,
      tokens: Math.ceil(embeddedTokens(chunker, start, file.name) * share),
      basis: "text" as const
    }
  })
})

/** The caller's budget, or the overall one if less is left. */
const budgetLeft = Effect.gen(function*() {
  const budgets = yield* Budgets
  const { userId } = yield* Caller
  const both = yield* Effect.forEach([userId, null], budgets.find)
  const left = both.flatMap(({ limitUsd, spentUsd }) =>
    Option.toArray(limitUsd).map((limit) => Math.max(0, limit - spentUsd))
  )
  return left.length === 0 ? null : Math.min(...left)
})
