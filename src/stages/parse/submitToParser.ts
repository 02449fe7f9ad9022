/** Submits a document to the parser, within a deadline. */
import { Effect } from "effect"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import { within } from "../within.ts"

/** `earlier`: a parse that this one replaces, which is removed at the parser. */
export const submitToParser = Effect.fnUntraced(function*(request: ParseRequest, earlier: string | null) {
  const parser = yield* DocumentParser
  const id = yield* within("The submission to the parser", stageDeadline.submit, "parser")(parser.submit(request))
  if (earlier !== null && earlier !== id) {
    yield* parser.forget(earlier).pipe(
      Effect.catch((error) =>
        Effect.logWarning("A replaced parse stays at the parser until it expires.", earlier, error)
      )
    )
  }
  return id
})
