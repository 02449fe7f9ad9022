/** Parses on this machine, without any network: PDF, also scanned, DOCX, HTML, Markdown and plain text. */
import { Duration, Effect, Layer, Stream } from "effect"
import { DocumentParser, type ParseRequest } from "../../services/DocumentParser.ts"
import { sniff } from "../../src/domain/mediaType.ts"
import { PermanentError, type StageError } from "../../src/domain/StageError.ts"
import { answerTask } from "./local/answerTask.ts"
import { makeParsePool, parsedOrRefused, type ParsePoolOptions, type ParseTask } from "./local/ParsePool.ts"

export interface DocumentParserLocalOptions extends Partial<ParsePoolOptions> {
  /** Of a PDF. */
  readonly maxPages?: number
  /** Pages of a PDF that are read by OCR. Of a PDF with some text the others stay unread; one that has none is refused. */
  readonly maxScans?: number
  /** For OCR, by their codes at Tesseract; each needs its package `@tesseract.js-data/<code>`. */
  readonly languages?: ReadonlyArray<string>
}

export const DocumentParserLocal = (options: DocumentParserLocalOptions = {}): Layer.Layer<DocumentParser> =>
  Layer.effect(
    DocumentParser,
    Effect.gen(function*() {
      const parse = yield* makeParsePool({
        workers: 1,
        timeLimit: Duration.seconds(120),
        timePerScan: Duration.seconds(20),
        memoryLimitMb: 1024,
        ...options
      })
      const limits = { maxPages: options.maxPages ?? 5000, maxScans: options.maxScans ?? 50 }
      const languages = options.languages ?? ["eng"]
      return DocumentParser.of({
        name: "local",
        immediate: true,
        submit: Effect.fn("DocumentParserLocal.submit")((request) => Effect.succeed(`local:${request.jobId}`)),
        result: Effect.fn("DocumentParserLocal.result")(function*(_, request) {
          const bytes = yield* readAll(request)
          if (bytes.length === 0) {
            return yield* new PermanentError({ code: "EMPTY_FILE", message: "The file has no bytes." })
          }
          const task = { bytes, filename: request.filename, limits, languages }
          const { markdown, pages } = isSmallText(task)
            ? yield* Effect.flatMap(Effect.promise(() => answerTask(task, () => {})), parsedOrRefused)
            : yield* parse(task)
          return { markdown, pages }
        }),
        // Interrupting `result` ends the parse; nothing goes on without it.
        cancel: () => Effect.void,
        probe: Effect.void,
        parsesOf: () => Effect.succeed([]),
        forget: () => Effect.void
      })
    })
  )

/** Decoding it takes less time than handing it to a thread; markup and archives can be worse than their size. */
const isSmallText = ({ bytes, filename }: ParseTask): boolean =>
  bytes.length <= 128 * 1024 && ["text/markdown", "text/plain"].includes(sniff(bytes.subarray(0, 8192), filename))

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
