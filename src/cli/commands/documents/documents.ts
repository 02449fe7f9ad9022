/** `accessa documents delete`: a document with everything made from it. */
import { Effect, Layer, Option } from "effect"
import { Argument, Command, Flag, Prompt } from "effect/cli"
import { Client } from "../../client/Client.ts"
import { Reason } from "../../client/RequestContext.ts"
import { resolveDocument } from "../../client/resolveId.ts"
import { failure } from "../../CommandFailure.ts"
import { count } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"

const remove = Command.make("delete", {
  document: Argument.String("document").pipe(Argument.withDescription("The document's id, or its first characters")),
  yes: Flag.Boolean("yes").pipe(
    Flag.withAlias("y"),
    Flag.withDescription("Delete without asking"),
    Flag.withDefault(false)
  ),
  reason: Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log"), Flag.optional)
}, ({ document, yes }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const document_id = yield* resolveDocument(document)
    const { attachments, filename, job: { progress } } = yield* call((api) =>
      api.documents.get({ params: { document_id } })
    )
    const name = printable(filename)
    const attached = attachments.length === 0 ? "" : ` and what is attached to it (${count(attachments.length)})`
    if (!yes) {
      yield* confirm(
        `Delete ${name} with ${count(progress.chunksTotal)} chunks, their vectors and both files${attached}?`
      )
    }
    yield* call((api) => api.documents.remove({ params: { document_id } }))
    yield* output.record({ document_id, deleted: true })
    yield* output.print(`${output.style.green("✓")} ${name} is deleted.`)
  })).pipe(
    Command.withDescription("Delete a document with its chunks, vectors and files; it cannot be undone"),
    Command.provide(({ reason }) => Layer.succeed(Reason, { reason: Option.getOrUndefined(reason) }))
  )

export const documents = Command.make("documents").pipe(
  Command.withDescription("Delete documents"),
  Command.withSubcommands([remove])
)

const confirm = Effect.fnUntraced(function*(message: string) {
  const output = yield* Output
  if (!output.stdoutIsTerminal || output.json) {
    return yield* failure("usage", "NOT_CONFIRMED", "A delete cannot be undone.", "Confirm it with --yes.")
  }
  // No answer at all, such as Ctrl-C or a closed input, is a no.
  const sure = yield* Prompt.run(Prompt.Confirm({ message, initial: false })).pipe(
    Effect.catchTag("QuitError", () => Effect.succeed(false))
  )
  if (!sure) return yield* failure("failed", "NOT_CONFIRMED", "Nothing was deleted.", "")
})
