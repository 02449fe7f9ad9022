/** Gives a document to the parser. One that does not parse at once reads the uploaded file now: the storage answers for it. */
import { Effect } from "effect"
import { DocumentParser, type ParseRequest } from "../../services/DocumentParser.ts"
import { Breakers } from "./Breakers.ts"

/** `earlier`: a parse whose result nobody will ask for any more. It is not left over there. */
export const handOver = Effect.fnUntraced(function*(request: ParseRequest, earlier: string | null) {
  const parser = yield* DocumentParser
  const breakers = yield* Breakers
  const submit = parser.submit(request)
  const id = yield* parser.immediate ? submit : breakers.guard("storage", submit)
  if (earlier !== null && earlier !== id) {
    yield* parser.forget(earlier).pipe(
      Effect.catch((error) =>
        Effect.logWarning("A parse that is not used stays at the parser until it expires there", earlier, error)
      )
    )
  }
  return id
})
