/** Parses on this machine, without network access: Office documents, PDF and pictures (by OCR), mails, pages and text. */
import { Effect, Layer, Option, Stream } from "effect"
import { isUtf8 } from "node:buffer"
import { DocumentParser, type ParseRequest } from "../../services/DocumentParser.ts"
import { defined } from "../../src/domain/defined.ts"
import { PermanentError, type ServiceError } from "../../src/domain/ServiceError.ts"
import { sniff } from "../../src/domain/sniff.ts"
import { parsing } from "../../src/policy/parsing.ts"
import { answerTask } from "./local/threads/answerTask.ts"
import { makeParsePool, type ParsePoolOptions } from "./local/threads/ParsePool.ts"
import { parsedOrRefused, type ParseTask } from "./local/threads/ParseThread.ts"

export interface DocumentParserLocalOptions extends Partial<ParsePoolOptions> {
  /** Of a PDF. */
  readonly maxPages?: number
  /**
   * Most pages of a PDF that are read by OCR. In a PDF with some text, further scanned pages are skipped; one without text
   * is refused.
   */
  readonly maxScans?: number
  /** Languages for OCR, as Tesseract codes; each needs its package `@tesseract.js-data/<code>`. */
  readonly languages?: ReadonlyArray<string>
}

export const DocumentParserLocal = (options: DocumentParserLocalOptions = {}): Layer.Layer<DocumentParser> =>
  Layer.effect(
    DocumentParser,
    Effect.gen(function*() {
      const parse = yield* makeParsePool({ ...parsing, ...options })
      const limits = { maxPages: options.maxPages ?? 5000, maxScans: options.maxScans ?? 50 }
      const languages = options.languages ?? ["eng"]
      return DocumentParser.of({
        name: "local",
        immediate: true,
        submit: Effect.fn("DocumentParserLocal.submit")((request) => Effect.succeed(`local:${request.jobId}`)),
        result: Effect.fn("DocumentParserLocal.result")(function*(_, request) {
          const { filename, ocrPages, withAttachments } = request
          const options = defined({ ocrPages, withAttachments })
          const taskOf = (bytes: ParseTask["bytes"]): ParseTask => ({ bytes, filename, limits, languages, ...options })
          // A large file is read when its turn comes.
          const inHand = request.bytes <= smallFile ? taskOf(yield* readAll(request)) : undefined
          if (inHand?.bytes.length === 0) {
            return yield* new PermanentError({ code: "EMPTY_FILE", message: "The file has no bytes." })
          }
          const parsed = inHand !== undefined && isSmallText(inHand)
            ? yield* Effect.flatMap(Effect.promise(() => answerTask(inHand, () => {})), parsedOrRefused)
            : yield* parse({
              user: request.userId,
              job: request.jobId,
              task: inHand === undefined
                ? Effect.map(readAll(request), taskOf)
                : Effect.sync(() => taskOf(inHand.bytes.slice()))
            })
          return Option.map(
            Option.fromUndefinedOr(parsed),
            ({ comparison, leftOut, markdown, pages }) => ({ markdown, pages, ...defined({ comparison, leftOut }) })
          )
        }),
        // Interrupting `result` ends the parse; nothing continues without it.
        cancel: () => Effect.void,
        probe: Effect.void,
        parsesOf: () => Effect.succeed([]),
        forget: () => Effect.void
      })
    })
  )

const smallFile = 128 * 1024
const escape = 0x1b

/**
 * Decoding takes less time than passing it to a thread. Markup, archives and unknown encodings can cost more than their
 * size suggests.
 */
const isSmallText = ({ bytes, filename }: ParseTask): boolean =>
  bytes.length <= smallFile && isUtf8(bytes) && !bytes.includes(escape) &&
  ["text/markdown", "text/plain"].includes(sniff(bytes.subarray(0, 8192), filename))

/** Reads into one array of the announced size, so that a large file is never held twice. */
const readAll = (request: ParseRequest): Effect.Effect<Uint8Array<ArrayBuffer>, ServiceError> =>
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
