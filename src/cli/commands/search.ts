/** `accessa search`: finds the passages closest to a question. */
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { SearchResult } from "../../api/search.ts"
import { Client } from "../client/Client.ts"
import { resolveDocumentOrJob } from "../client/resolveId.ts"
import { encoded } from "../encoded.ts"
import { limit } from "../flags.ts"
import { Output } from "../terminal/Output.ts"
import { passage } from "../terminal/passage.ts"
import { printable } from "../terminal/printable.ts"

export const search = Command.make("search", {
  query: Argument.String("query").pipe(
    Argument.withDescription("The text or question to search for"),
    Argument.withSchema(Schema.Trim.check(Schema.isMinLength(1), Schema.isMaxLength(8000)))
  ),
  limit: limit("passages", 5, 50),
  document: Flag.String("document").pipe(
    Flag.withDescription("Only in this document: its id or its job's, or the first characters"),
    Flag.optional
  )
}, ({ document, limit, query }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const scope = Option.isSome(document) ? { document_id: yield* resolveDocumentOrJob(document.value) } : {}
    const result = yield* call((api) => api.search.search({ payload: { query, limit, ...scope } }))
    if (output.json) return yield* output.record(yield* encoded(SearchResult, result))
    if (result.hits.length === 0) {
      return yield* output.note("Nothing found. Check with `accessa jobs list` that a document is complete.")
    }
    const { columns } = yield* output.size
    for (const hit of result.hits) {
      const { bold, cyan } = output.style
      const head = `${cyan(hit.score.toFixed(3))}  ${bold(printable(hit.filename))}`
      for (const line of passage(head, hit, columns, output.style)) yield* output.print(line)
    }
  })).pipe(Command.withDescription("Find passages by meaning"))
