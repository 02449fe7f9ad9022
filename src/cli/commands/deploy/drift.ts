/** `accessa deploy drift`: what differs between the repository's file and the platform. */
import { Effect, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { CheckResult, overall } from "../../../deploy/CheckResult.ts"
import { findDrift, summaryOf } from "../../../deploy/drift.ts"
import { ReleaseTargets } from "../../../deploy/release/ReleaseTargets.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { printChecks, tally } from "../../terminal/checkLines.ts"
import { Output } from "../../terminal/Output.ts"

export const drift = Command.make("drift", {
  env: Flag.Literals("env", ["staging", "production"]).pipe(Flag.withDescription("Which environment")),
  directory: Flag.String("directory").pipe(
    Flag.withDescription("The checkout whose render.yaml is compared"),
    Flag.withDefault(".")
  )
}, ({ directory, env }) =>
  Effect.gen(function*() {
    const output = yield* Output
    const { blueprintFiles, readBlueprint } = yield* Effect.promise(() =>
      import("../../../deploy/infrastructure/readBlueprint.ts")
    )
    const file = `${directory}/${blueprintFiles[env]}`
    const blueprint = yield* Effect.mapError(readBlueprint(file), ({ message }) =>
      failure("usage", "INFRASTRUCTURE", message, "Correct the file: `pnpm infrastructure` checks it."))
    const targets = yield* Effect.mapError((yield* ReleaseTargets).platform("render", { directory }), ({ message }) =>
      failure("inconclusive", "TARGET_UNREACHABLE", message, "docs/deploying.md lists what the command needs."))
    const results = yield* Effect.provide(findDrift(blueprint), targets)
    const verdict = overall(results)
    yield* output.record({
      verdict,
      environment: env,
      file,
      checks: yield* encoded(Schema.Array(CheckResult), results)
    })
    yield* printChecks(results)
    if (verdict !== "pass") {
      return yield* failure(
        verdict === "fail" ? "failed" : "inconclusive",
        verdict === "fail" ? "DRIFT" : "INCONCLUSIVE",
        `${verdict === "fail" ? `${env} differs from` : `It is uncertain whether ${env} matches`} ${file}: ${
          summaryOf(results)
        }.`,
        "Apply the repair under each line, then run this again."
      )
    }
    yield* output.print(`\n${output.style.green("✓")} ${env} is as ${file} says: ${tally(results)}.`)
  }).pipe(Effect.scoped)).pipe(
    Command.withDescription(
      "Compare the repository's file with the platform; exits with 1 if they differ and with 6 if that cannot be determined"
    )
  )
