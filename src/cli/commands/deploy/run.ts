/** `accessa deploy run`: brings a version to an environment, step by step, and back if it does not hold. */
import { Duration, Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { listed } from "../../../deploy/checked.ts"
import { CheckResult, overall } from "../../../deploy/CheckResult.ts"
import { PlatformName, ReleaseTargets } from "../../../deploy/release/ReleaseTargets.ts"
import type { ReleaseCheck, ReleaseStepName } from "../../../domain/Release.ts"
import { rolloutTime, watchFor } from "../../../policy/releases.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { printChecks, tally } from "../../terminal/checkLines.ts"
import { Output } from "../../terminal/Output.ts"
import { documents, environment } from "./flags.ts"
import { operator } from "./operator.ts"

export const run = Command.make(
  "run",
  {
    env: environment,
    release: Flag.String("release").pipe(
      Flag.withDescription("The version: a commit or an image on Render, the tag of the image otherwise")
    ),
    platform: Flag.Literals("platform", PlatformName.literals).pipe(Flag.withDescription("Where the services run")),
    service: Flag.String("service").pipe(
      Flag.withDescription("A service to deploy, in this order; may be repeated (api-server, base-worker, monitoring)"),
      Flag.atLeast(0)
    ),
    canary: Flag.String("canary").pipe(
      Flag.withMetavar("service"),
      Flag.withDescription(
        "The worker service that gets the version first, then 5, 25 and 100 % of the documents"
      ),
      Flag.optional
    ),
    step: Flag.Int("step").pipe(
      Flag.withMetavar("minutes"),
      Flag.withDescription("How long each share runs before the versions are compared"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_440 }))),
      Flag.withDefault(Duration.toMinutes(rolloutTime))
    ),
    directory: Flag.String("directory").pipe(
      Flag.withDescription("The folder of docker-compose.yml and its .env"),
      Flag.withDefault(".")
    ),
    namespace: Flag.String("namespace").pipe(
      Flag.withDescription("The namespace on Kubernetes (accessa-<env>); kubectl's context selects the cluster"),
      Flag.optional
    ),
    watch: Flag.Int("watch").pipe(
      Flag.withMetavar("minutes"),
      Flag.withDescription("How long the version is watched before it is promoted"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_440 }))),
      Flag.withDefault(Duration.toMinutes(watchFor))
    ),
    documents,
    reason: Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log"), Flag.optional)
  },
  ({ canary, directory, documents, env, namespace, platform, reason, release, service, step, watch }) =>
    Effect.gen(function*() {
      const output = yield* Output
      // Loaded by this command alone, so that others start fast.
      const { releaseStack } = yield* Effect.promise(() => import("./releaseStack.ts"))
      const { runRelease } = yield* Effect.promise(() => import("../../../deploy/release/run.ts"))
      const targets = yield* Effect.mapError(
        (yield* ReleaseTargets).open(platform, {
          directory,
          namespace: Option.getOrElse(namespace, () => `accessa-${env}`)
        }),
        ({ message }) =>
          failure("failed", "TARGET_UNREACHABLE", message, "docs/deploying.md lists what the command needs.")
      )
      const stack = yield* releaseStack({ documents, environment: env }).pipe(Effect.provide(targets))
      const ended = yield* runRelease({
        environment: env,
        version: release,
        services: service.length === 0 ? ["api-server", "base-worker", "monitoring"] : service,
        by: operator(Option.getOrNull(reason)),
        watchFor: Duration.minutes(watch),
        canary,
        rolloutTime: Duration.minutes(step),
        onStep: (step, result) =>
          output.note(
            result === undefined
              ? `· ${wordsOf[step]}`
              : `${result.verdict === "pass" ? output.noteStyle.green("✓") : output.noteStyle.red("✗")} ${step}: ${
                foundBy(result)
              }`
          )
      }).pipe(
        Effect.provide(targets),
        Effect.provide(stack),
        Effect.catchTags({
          ReleaseRefused: ({ release }) =>
            Effect.fail(failure(
              "failed",
              "DEPLOY_UNDER_WAY",
              `${release.startedBy} is deploying ${release.version} to ${env} (${release.releaseId}).`,
              release.held
                ? "Wait until it has ended; see `accessa deploy status`."
                : `Its command has stopped: run \`accessa deploy run --env ${env} --release ${release.version}\` to end it.`
            )),
          ReleaseLost: ({ message }) =>
            Effect.fail(failure("failed", "DEPLOY_TAKEN_OVER", message, "See `accessa deploy status`.")),
          PlatformFailed: ({ message }) =>
            Effect.fail(failure("failed", "PLATFORM_FAILED", message, "Correct it, and run this again.")),
          StackUnknown: ({ message }) =>
            Effect.fail(failure("failed", "DATABASE_UNKNOWN", message, "Correct it, and run this again."))
        })
      )
      yield* output.record({ environment: env, version: release, ...ended })
      if (ended.outcome !== "promoted") {
        return yield* failure(
          "failed",
          ended.outcome === "rolled_back" ? "ROLLED_BACK" : "NEEDS_A_PERSON",
          `${release} is not running in ${env}: ${ended.reason}.`,
          ended.outcome === "rolled_back"
            ? "Correct the cause and deploy again. Autodeploy is off if anything was deployed."
            : "Check the platform now: it may be running neither the old version nor the new one."
        )
      }
      yield* output.print(`${output.style.green("✓")} ${release} runs in ${env}: ${ended.reason}.`)
    }).pipe(Effect.scoped)
).pipe(
  Command.withDescription("Deploy a version, verify it, watch it, and promote it or roll it back")
)

/** The checks that did not pass. */
const foundBy = ({ checks }: { readonly checks: ReadonlyArray<ReleaseCheck> }): string => {
  const told = checks.filter(({ verdict }) => verdict !== "pass" || checks.length < 3)
  return told.length === 0
    ? `${checks.length} checks passed`
    : listed(told.map(({ check, found }) => `${check} ${found}`))
}

const wordsOf: Readonly<Record<ReleaseStepName, string>> = {
  validate: "Validating the environment",
  freeze: "Switching autodeploy off, keeping the settings",
  migrate: "Migrating the database",
  canary: "Comparing a canary of the new version with one of the old",
  "rollout.5": "Giving the new version 5 % of the documents",
  "rollout.25": "Giving the new version 25 % of the documents",
  "rollout.100": "Giving the new version all documents",
  deploy: "Deploying",
  verify: "Verifying what was deployed",
  smoke: "Sending a document",
  watch: "Watching",
  promote: "Promoting",
  "rollback.freeze": "Rolling back: switching autodeploy off",
  "rollback.settings": "Rolling back: restoring settings",
  "rollback.services": "Rolling back: deploying the recorded versions",
  "rollback.verify": "Rolling back: verifying"
}

export const smoke = Command.make("smoke", {}, () =>
  Effect.gen(function*() {
    const output = yield* Output
    const { api, url } = yield* Client
    const { smokeTest } = yield* Effect.promise(() => import("../../../deploy/release/smoke.ts"))
    const results = yield* smokeTest(api)
    const verdict = overall(results)
    yield* output.record({ verdict, url: url.href, checks: yield* encoded(Schema.Array(CheckResult), results) })
    yield* printChecks(results)
    if (verdict !== "pass") {
      return yield* failure(
        verdict === "fail" ? "failed" : "inconclusive",
        "SMOKE_FAILED",
        `The stack at ${url.href} did not process the document: ${tally(results)}.`,
        "Apply the repair under each failed check."
      )
    }
  })).pipe(Command.withDescription("Send a document through the stack, search for it, and delete it"))
