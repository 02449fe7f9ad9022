/** Gives a document to the parser. One that does not parse at once reads the uploaded file now: the storage answers for it. */
import { Effect } from "effect"
import { DocumentParser, type ParseRequest } from "../../services/DocumentParser.ts"
import { Breakers } from "./Breakers.ts"

export const handOver = Effect.fnUntraced(function*(request: ParseRequest) {
  const parser = yield* DocumentParser
  const breakers = yield* Breakers
  const submit = parser.submit(request)
  return yield* parser.immediate ? submit : breakers.guard("storage", submit)
})
