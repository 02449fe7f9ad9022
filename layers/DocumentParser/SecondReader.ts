/** Second readings by the local parser. */
import { Effect, Layer, Option } from "effect"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { SecondReader } from "../../services/SecondReader.ts"

export const SecondReaderLocal = Layer.effect(
  SecondReader,
  Effect.gen(function*() {
    const parser = yield* DocumentParser
    return SecondReader.of({
      read: Effect.fn("SecondReader.read")(function*(request, by, pages) {
        const asked = by === "ocr" ? { ...request, ocrPages: pages } : request
        const parsed = yield* parser.result(yield* parser.submit(asked), asked)
        return Option.map(parsed, ({ leftOut = [], markdown }) => ({ markdown, leftOut }))
      })
    })
  })
)
