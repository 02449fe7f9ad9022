/** Parses on this machine, without any network: PDF, DOCX, HTML, Markdown and plain text. No pictures are read. */
import { Duration, Effect, Layer, Stream } from "effect"
import { DocumentParser, type ParseRequest } from "../../services/DocumentParser.ts"
import { PermanentError, type StageError } from "../../src/domain/StageError.ts"
import { makeParsePool, type ParsePoolOptions } from "./local/ParsePool.ts"

export interface DocumentParserLocalOptions extends Partial<ParsePoolOptions> {
  /** Of a PDF. */
  readonly maxPages?: number
}

export const DocumentParserLocal = (options: DocumentParserLocalOptions = {}): Layer.Layer<DocumentParser> =>
  Layer.effect(
    DocumentParser,
    Effect.gen(function*() {
      const parse = yield* makeParsePool({
        workers: 1,
        timeLimit: Duration.seconds(120),
        memoryLimitMb: 1024,
        ...options
      })
      const maxPages = options.maxPages ?? 5000
      return DocumentParser.of({
        name: "local",
        submit: Effect.fn("DocumentParserLocal.submit")((request) => Effect.succeed(`local:${request.jobId}`)),
        result: Effect.fn("DocumentParserLocal.result")(function*(_, request) {
          const bytes = yield* readAll(request)
          if (bytes.length === 0) {
            return yield* new PermanentError({ code: "EMPTY_FILE", message: "The file has no bytes." })
          }
          const { markdown, pages } = yield* parse({ bytes, filename: request.filename, maxPages })
          return { markdown, pages }
        }),
        // Interrupting `result` ends the parse; nothing goes on without it.
        cancel: () => Effect.void
      })
    })
  )

/** Into one array of the announced size, so that a large file is never held twice. */
const readAll = (request: ParseRequest): Effect.Effect<Uint8Array<ArrayBuffer>, StageError> =>
  Stream.runFold(request.content, () => ({ bytes: new Uint8Array(request.bytes), at: 0 }), (whole, part) => {
    const end = whole.at + part.length
    if (end > whole.bytes.length) {
      const larger = new Uint8Array(Math.max(end, whole.bytes.length * 2))
      larger.set(whole.bytes)
      whole = { bytes: larger, at: whole.at }
    }
    whole.bytes.set(part, whole.at)
    return { bytes: whole.bytes, at: end }
  }).pipe(Effect.map(({ at, bytes }) => at === bytes.length ? bytes : bytes.slice(0, at)))
