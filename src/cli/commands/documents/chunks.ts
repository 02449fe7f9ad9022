/** `accessa chunks`: a document's chunks, in order. */
import { Effect, Option, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { ChunkView } from "../../../api/documents.ts"
import { Client } from "../../client/Client.ts"
import { resolveDocumentOrJob } from "../../client/resolveId.ts"
import { encoded } from "../../encoded.ts"
import { Output } from "../../terminal/Output.ts"
import { passage } from "../../terminal/passage.ts"

export const chunks = Command.make("chunks", {
  document: Argument.String("document").pipe(
    Argument.withDescription("The id of the document or its job, or its first characters")
  ),
  limit: Flag.Int("limit").pipe(
    Flag.withAlias("n"),
    Flag.withDescription("How many chunks (default: all)"),
    Flag.withSchema(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    Flag.optional
  )
}, ({ document, limit }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const documentId = yield* resolveDocumentOrJob(document)
    const all = Stream.paginate(Option.none<string>(), (cursor) =>
      call((api) =>
        api.documents.chunks({
          params: { document_id: documentId },
          query: { limit: 200, ...(Option.isSome(cursor) ? { cursor: cursor.value } : {}) }
        })
      ).pipe(
        Effect.map((page) => [page.chunks, Option.map(Option.fromNullishOr(page.nextCursor), Option.some)] as const)
      ))
    const wanted = Option.isSome(limit) ? Stream.take(all, limit.value) : all
    const { columns } = yield* output.size
    const show = Effect.fnUntraced(function*(chunk: ChunkView) {
      yield* output.record(yield* encoded(ChunkView, chunk))
      const mark = chunk.embedded ? output.style.green("●") : output.style.dim("○")
      const head = `${mark} ${output.style.bold(String(chunk.ordinal).padStart(4))}`
      for (const line of passage(head, chunk, columns, output.style)) yield* output.print(line)
    })
    const shown = yield* Stream.runFold(Stream.tap(wanted, show), () => 0, (count) => count + 1)
    if (shown === 0) yield* output.note("The document has no chunks yet; see `accessa jobs list`.")
  })).pipe(Command.withDescription("List a document's chunks in order (● has a vector, ○ does not yet)"))
