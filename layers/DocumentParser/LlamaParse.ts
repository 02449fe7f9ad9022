/**
 * LlamaParse, the hosted parser: calls v2 of its API directly, so that documents are streamed and nothing is retried
 * internally.
 */
import { Clock, Effect, Layer, Option, Redacted, Stream } from "effect"
import type { HttpClient } from "effect/http"
import { randomUUID } from "node:crypto"
import { describeSpan } from "../../otel/names/attributes.ts"
import { DocumentParser, type ParsedDocument, type ParseRequest } from "../../services/DocumentParser.ts"
import type { Omission } from "../../src/domain/coverage/Coverage.ts"
import { DocumentId, JobId, UserId } from "../../src/domain/Ids.ts"
import { redact } from "../../src/domain/redact.ts"
import { PermanentError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import type { Assembled } from "./llamaparse/assemblePages.ts"
import { parseApi, type ParseApiOptions } from "./llamaparse/ParseApi.ts"
import { recentParses } from "./llamaparse/RecentParses.ts"
import { failedParse } from "./llamaparse/toServiceError.ts"
import { type ParseConfiguration, uploadBody } from "./llamaparse/uploadBody.ts"
import { withSource } from "./local/source/readSource.ts"

export const DocumentParserLlamaParse = (
  options: ParseApiOptions & ParseConfiguration
): Layer.Layer<DocumentParser, never, HttpClient.HttpClient> =>
  Layer.effect(
    DocumentParser,
    Effect.gen(function*() {
      const api = yield* parseApi(options)
      const recent = yield* recentParses(api)

      /** An earlier attempt's parse that may still give a result; a failed one is left for a new attempt. */
      const alreadyBought = Effect.fnUntraced(function*(jobId: string) {
        const id = yield* recent.find(jobId)
        if (id === undefined) return undefined
        const status = (yield* api.get(id))?.status
        return status === undefined || status === "FAILED" || status === "CANCELLED" ? undefined : id
      })

      const create = (request: ParseRequest): Effect.Effect<string, ServiceError> =>
        Effect.suspend(() => {
          let broken: ServiceError | undefined
          const content = Stream.tapError(request.content, (error) =>
            Effect.sync(() => {
              broken = error
            }))
          return api.create(uploadBody({ ...request, content }, options)).pipe(
            Effect.tap((job) => recent.remember(request.jobId, job)),
            Effect.map(({ id }) => id),
            Effect.mapError((error) => broken ?? error),
            Effect.onError(() => recent.invalidate)
          )
        })

      const forget = Effect.fn("DocumentParser.forget")(function*(providerJobId: string) {
        if (yield* api.remove(providerJobId)) return
        // Only finished parses can be removed.
        yield* api.cancel(providerJobId)
        if (yield* api.remove(providerJobId)) return
        return yield* new TransientError({
          code: "PARSER_FAILED",
          message: "The parse was cancelled but has not ended, so it was not removed.",
          requestId: providerJobId
        })
      })

      return DocumentParser.of({
        name: "llamaparse",
        immediate: false,
        submit: Effect.fn("DocumentParser.submit")(function*(request) {
          const bought = yield* alreadyBought(request.jobId)
          yield* describeSpan({ "parser.found_earlier": bought !== undefined })
          return bought ?? (yield* create(request))
        }),
        result: Effect.fn("DocumentParser.result")(function*(providerJobId, request) {
          const { callback } = request
          const job = yield* api.get(providerJobId)
          switch (job?.status) {
            case undefined:
              return yield* new PermanentError({
                code: "PARSER_FORGOTTEN",
                message: `The parser no longer knows the parse ${providerJobId}.`,
                dependency: "parser",
                requestId: providerJobId
              })
            case "PENDING":
            case "RUNNING":
              return Option.none()
            case "FAILED":
              return yield* failedParse(
                providerJobId,
                redact((job.error_message ?? "").slice(0, 1_000), [
                  Redacted.value(options.apiKey),
                  ...(callback === undefined ? [] : [Redacted.value(callback.secret)])
                ])
              )
            case "CANCELLED":
              return yield* new PermanentError({
                code: "PARSER_CANCELLED",
                message: "The parse was cancelled at the parser.",
                dependency: "parser",
                requestId: providerJobId
              })
            case "COMPLETED": {
              const result = yield* api.result(providerJobId)
              return result === undefined ? Option.none() : Option.some(yield* document(providerJobId, result, request))
            }
          }
        }),
        cancel: Effect.fn("DocumentParser.cancel")((providerJobId) => api.cancel(providerJobId)),
        probe: Effect.gen(function*() {
          // Free of charge; a document is submitted only if the parser answers this.
          yield* api.list(new Date(yield* Clock.currentTimeMillis), undefined)
          const { id } = yield* api.create(uploadBody(probeRequest(randomUUID()), options))
          // Best effort: a probe holds no text of any document.
          yield* Effect.ignore(forget(id), { log: "Debug" })
        }).pipe(Effect.withSpan("DocumentParser.probe")),
        parsesOf: Effect.fn("DocumentParser.parsesOf")((job) => recent.all(job)),
        forget
      })
    })
  )

const probeLine = new TextEncoder().encode("Is the parser well?\n")

/** The same bytes each time: if parsed within the last two days, they cost nothing. */
const probeRequest = (id: string): ParseRequest => ({
  jobId: JobId.make(id),
  userId: probeUser,
  documentId: DocumentId.make(id),
  filename: "probe.txt",
  mediaType: "text/plain",
  bytes: probeLine.length,
  content: Stream.make(probeLine)
})
const probeUser = UserId.make("00000000-0000-0000-0000-000000000000")

const document = Effect.fnUntraced(function*(
  providerJobId: string,
  { failed, full, leftOut, markdown, pages }: typeof Assembled.Type,
  request: ParseRequest
) {
  if (markdown === undefined) {
    return yield* new PermanentError({
      code: "NO_TEXT",
      message: failed.length > 0
        ? `The parser could read none of the ${pages} pages.`
        : "The parser found no text in the document.",
      dependency: "parser",
      requestId: providerJobId
    })
  }
  if (failed.length > 0) {
    yield* Effect.logWarning(`The parser could not read ${failed.length} of ${pages} pages: ${failed.join(", ")}.`)
  }
  const missing = [...leftOut, ...cutPages(full, markdown, request)]
  const parsed: ParsedDocument = { markdown, pages, ...missing.length === 0 ? {} : { leftOut: missing } }
  return parsed
})

/** Pages that may be cut. What formats with an inventory lack, the comparison finds; a text as long as its file is whole. */
const cutPages = (full: ReadonlyArray<number>, markdown: string | Uint8Array, { bytes, mediaType }: ParseRequest) =>
  withSource.includes(mediaType) || (mediaType.startsWith("text/") && Buffer.byteLength(markdown) >= wholeFrom * bytes)
    ? []
    : full.map((page): Omission => ({
      kind: "rest",
      page,
      count: 1,
      detail: "It is as long as the parser's limit of 64 KB, which cuts longer pages."
    }))

/** Of a text file's bytes: a parser may leave out marks. */
const wholeFrom = 0.9
