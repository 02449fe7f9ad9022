/** `accessa deploy status|hold|resume|promote|rollback`: what a person sees and asks of a deployment. */
import { DateTime, Effect, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { askOfRelease, lastReleases } from "../../../deploy/release/record.ts"
import { Release, type ReleaseRequest, ReleaseStep } from "../../../domain/Release.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { Output } from "../../terminal/Output.ts"
import { environment as env } from "./flags.ts"
import { operator } from "./operator.ts"

/** A record that cannot be opened, and one that cannot be read. */
const readable = Effect.mapError((error: { readonly _tag: string; readonly message: string }) =>
  error._tag === "TargetUnreachable"
    ? failure("failed", "TARGET_UNREACHABLE", error.message, "docs/deploying.md lists what the command needs.")
    : failure("failed", "RELEASES_UNREADABLE", error.message, "Check DATABASE_URL, and that `pnpm migrate` has run.")
)

export const status = Command.make("status", { env }, ({ env }) =>
  Effect.gen(function*() {
    const output = yield* Output
    const { releases: [newest, ...earlier], steps } = yield* readable(lastReleases(env, 10))
    if (newest === undefined) {
      yield* output.record({ release: null, steps: [], earlier: [] })
      return yield* output.print(`Nothing has been deployed to ${env} by this command.`)
    }
    yield* output.record({
      release: yield* encoded(Release, newest),
      steps: yield* encoded(Schema.Array(ReleaseStep), steps),
      earlier: yield* encoded(Schema.Array(Release), earlier)
    })
    yield* output.print(lineOf(newest))
    for (const { checks, endedAt, step, verdict } of steps) {
      const found = checks.filter((check) => check.verdict !== "pass").map(({ check, found }) => `${check}: ${found}`)
      const mark = verdict === "pass" ? output.style.green("✓") : output.style.red("✗")
      yield* output.print(
        `  ${mark} ${DateTime.formatIso(endedAt)}  ${step}${found.length === 0 ? "" : `  ${found.join("; ")}`}`
      )
    }
    for (const release of earlier) yield* output.print(lineOf(release))
  })).pipe(Command.withDescription("Show the current deployment, its steps, and recent ones"))

const lineOf = ({ endedAt, held, outcome, reason, request, requestReason, startedAt, version }: Release): string =>
  outcome === null || endedAt === null
    ? `${version}  since ${DateTime.formatIso(startedAt)}  ${held ? "under way" : "its command has stopped"}${
      request === null ? "" : `; ${request} was requested: ${requestReason ?? ""}`
    }`
    : `${version}  ${DateTime.formatIso(endedAt)}  ${outcome.replaceAll("_", " ")}: ${reason ?? ""}`

const asking = (name: string, request: ReleaseRequest | null, description: string) =>
  Command.make(name, {
    env,
    reason: Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log"))
  }, ({ env, reason }) =>
    Effect.gen(function*() {
      const output = yield* Output
      const newest = yield* readable(askOfRelease(env, request, operator(reason)))
      if (newest === undefined) {
        return yield* failure(
          "notFound",
          "NO_DEPLOY_UNDER_WAY",
          `No deployment to ${env} is under way.`,
          "To bring an earlier version back, deploy it: `accessa deploy run --release …`."
        )
      }
      yield* output.record({ version: newest.version, request })
      yield* output.print(`${newest.version}: ${request ?? "resume"} was requested.`)
      if (!newest.held) {
        yield* output.note(
          `Its command has stopped: use \`accessa deploy run --env ${env} --release ${newest.version}\` to do it.`
        )
      }
    })).pipe(Command.withDescription(description))

export const hold = asking("hold", "hold", "Pause the current deployment before its next step")
export const resume = asking("resume", null, "Resume a deployment that is on hold")
export const promote = asking("promote", "promote", "Promote the current deployment without further checks")
export const rollback = asking("rollback", "rollback", "Roll back the current deployment")
