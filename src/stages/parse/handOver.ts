/** Gives a document to the parser. */
import { Effect } from "effect"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"

/** `earlier`: a parse whose result nobody will ask for any more. It is not left over there. */
export const handOver = Effect.fnUntraced(function*(request: ParseRequest, earlier: string | null) {
  const parser = yield* DocumentParser
  const id = yield* parser.submit(request)
  if (earlier !== null && earlier !== id) {
    yield* parser.forget(earlier).pipe(
      Effect.catch((error) =>
        Effect.logWarning("A parse that is not used stays at the parser until it expires there", earlier, error)
      )
    )
  }
  return id
})
