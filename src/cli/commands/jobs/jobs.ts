/** `accessa jobs`: the commands about jobs. */
import { Effect, Layer, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { UserId } from "../../../domain/Ids.ts"
import { OnBehalf, Reason } from "../../client/RequestContext.ts"
import { failure } from "../../CommandFailure.ts"
import { jobsCancel, jobsRetry } from "./change.ts"
import { jobsList } from "./list.ts"
import { jobsExplain, jobsShow } from "./show.ts"
import { jobsWatch } from "./watch.ts"

export const jobs = Command.make("jobs").pipe(
  Command.withDescription("See, explain, retry and cancel jobs"),
  Command.withSharedFlags({
    user: Flag.String("user").pipe(
      Flag.withDescription("Another user's id, for operators; recorded in the audit log"),
      Flag.withSchema(UserId),
      Flag.optional
    ),
    reason: Flag.String("reason").pipe(Flag.withDescription("Reason, required with --user or --filter"), Flag.optional)
  }),
  Command.withSubcommands([jobsList, jobsShow, jobsWatch, jobsExplain, jobsRetry, jobsCancel]),
  Command.provide(({ reason, user }) =>
    Layer.merge(
      Layer.succeed(Reason, { reason: Option.getOrUndefined(reason) }),
      Layer.effect(
        OnBehalf,
        Effect.gen(function*() {
          if (Option.isNone(user)) return undefined
          if (Option.isNone(reason)) return yield* withoutReason
          return { user: user.value, reason: reason.value }
        })
      )
    )
  )
)

const withoutReason = failure(
  "usage",
  "REASON_MISSING",
  "--user requires a reason.",
  "Add --reason TEXT."
)
