/** A parser for tests: the document's text is its Markdown. */
import { Effect, Layer, Option, Stream } from "effect"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { PermanentError } from "../../src/domain/ServiceError.ts"
import { canonicalText } from "../../src/domain/text.ts"

export const DocumentParserMemory: Layer.Layer<DocumentParser> = Layer.succeed(
  DocumentParser,
  DocumentParser.of({
    name: "memory",
    immediate: true,
    submit: (request) => Effect.succeed(`memory:${request.jobId}`),
    result: Effect.fn("DocumentParserMemory.result")(function*(_, request) {
      const markdown = canonicalText(yield* Stream.mkString(Stream.decodeText(request.content)))
      if (markdown.trim() === "") {
        return yield* new PermanentError({ code: "NO_TEXT", message: "The file is text without a single word in it." })
      }
      return Option.some({ markdown, pages: 0 })
    }),
    cancel: () => Effect.void,
    probe: Effect.void,
    parsesOf: () => Effect.succeed([]),
    forget: () => Effect.void
  })
)
