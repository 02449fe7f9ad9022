/** `accessa users erase`: deletes all data of a user, then checks whether anything is left. */
import { Effect, Option, Schedule } from "effect"
import { Argument, Command, Flag, Prompt } from "effect/cli"
import { LeftoversView } from "../../../api/users.ts"
import { UserId } from "../../../domain/Ids.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { count } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"

export const usersErase = Command.make("erase", {
  user: Argument.String("user").pipe(Argument.withDescription("The user's id"), Argument.withSchema(UserId)),
  reason: Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log")),
  yes: Flag.Boolean("yes").pipe(
    Flag.withAlias("y"),
    Flag.withDescription("Erase without asking"),
    Flag.withDefault(false)
  )
}, ({ reason, user, yes }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    if (!yes) yield* confirm(user)
    let erased = 0
    for (let remaining = 1; remaining > 0;) {
      const step = yield* call((api) => api.users.erase({ params: { user_id: user }, payload: { reason } }))
      erased += step.erased
      remaining = step.remaining
      if (output.stderrIsTerminal) yield* output.draw(`\r${erased} documents erased, ${remaining} to go …\u001b[K`)
    }
    if (output.stderrIsTerminal) yield* output.draw("\r\u001b[K")
    const look = call((api) => api.users.leftovers({ params: { user_id: user } }))
    // A worker removes the parses and any late objects; it looks every few seconds.
    const left = yield* Effect.repeat(look, { schedule: Schedule.spaced("1 second"), times: 60, until: isClean }).pipe(
      Effect.andThen(look)
    )
    yield* output.record({ user_id: user, documents: erased, leftovers: yield* encoded(LeftoversView, left) })
    if (!isClean(left)) return yield* notClean(left)
    yield* output.print(
      `${output.style.green("✓")} ${
        erased === 1 ? "1 document" : `${count(erased)} documents`
      } erased. Nothing is left of the user in the tables and in the storage; `
        + "payments and the audit log keep ids and numbers."
    )
  })).pipe(Command.withDescription("Delete a user's documents, keys, webhooks and settings for good"))

type Leftovers = typeof LeftoversView.Type

const isClean = ({ objects, pendingErasures, rows }: Leftovers): boolean =>
  objects === 0 && pendingErasures === 0 && rows.length === 0

const notClean = ({ objects, pendingErasures, rows }: Leftovers) =>
  failure(
    "failed",
    "USER_NOT_ERASED",
    `${
      [
        ...rows.map(({ rows, table }) => `${rows} rows in ${table}`),
        ...(objects === 0 ? [] : [`${objects} objects`]),
        ...(pendingErasures === 0 ? [] : [`${pendingErasures} deletes that no worker has carried out`])
      ].join(", ")
    } are left.`,
    "Check that a worker runs and that the storage and the parser are available (`accessa doctor`), then repeat the command."
  )

const confirm = Effect.fnUntraced(function*(user: UserId) {
  const { json, stdoutIsTerminal } = yield* Output
  const question = `All data of the user ${user} will be deleted for good. Type the user's id to confirm`
  const answer = stdoutIsTerminal && !json
    ? yield* Effect.option(Prompt.run(Prompt.String({ message: question })))
    : Option.none()
  if (Option.getOrUndefined(answer) !== user) {
    return yield* failure("usage", "NOT_CONFIRMED", "Nothing was deleted.", "Type the id as shown, or pass --yes.")
  }
})
