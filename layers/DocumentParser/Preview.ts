/** Previews by the local parser. */
import { Effect, Layer, Option } from "effect"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { TextPreview } from "../../services/TextPreview.ts"

/** A few pages are read by OCR in this time. */
const timeLimit = "20 seconds"

export const TextPreviewLocal = Layer.effect(
  TextPreview,
  Effect.gen(function*() {
    const parser = yield* DocumentParser
    return TextPreview.of({
      read: Effect.fn("TextPreview.read")((document) => {
        const request = { ...document, withAttachments: true }
        return Effect.flatMap(parser.submit(request), (id) => parser.result(id, request)).pipe(
          Effect.timeoutOrElse({ duration: timeLimit, orElse: () => Effect.succeedNone }),
          Effect.catch((error) => Effect.as(Effect.logDebug("No preview", { code: error.code }), Option.none()))
        )
      })
    })
  })
)
