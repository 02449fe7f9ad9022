/** `accessa deploy validate FILE`: whether an environment is what its configuration file says. */
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CheckResult, overall, type Verdict } from "../../../deploy/CheckResult.ts"
import { groups } from "../../../deploy/validate/Check.ts"
import type { FactName } from "../../../deploy/validate/Facts.ts"
import { environmentOf } from "../../client/environmentOf.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { printChecks, tally } from "../../terminal/checkLines.ts"
import { Output } from "../../terminal/Output.ts"
import { hold, promote, resume, rollback, status } from "./ask.ts"
import { drift } from "./drift.ts"
import { documents } from "./flags.ts"
import { run, smoke } from "./run.ts"

const validate = Command.make("validate", {
  file: Argument.String("file").pipe(
    Argument.withDescription("The environment's configuration file, such as config/production.yaml")
  ),
  only: Flag.Literals("only", groups).pipe(
    Flag.withDescription("Only this group of checks; may be repeated"),
    Flag.atLeast(0)
  ),
  from: Flag.Literals("from", ["api", "worker"]).pipe(
    Flag.withDescription(
      "Check database, storage, providers and settings as seen by the API, or by a deployed worker"
    ),
    Flag.withDefault("api" as const)
  ),
  release: Flag.String("release").pipe(
    Flag.withDescription("The release or commit that should be deployed"),
    Flag.optional
  ),
  documents
}, ({ documents, file, from, only, release }) =>
  Effect.gen(function*() {
    const output = yield* Output
    // Loaded by this command alone, so that others start fast.
    const { validate: validateEnvironment } = yield* Effect.promise(() =>
      import("../../../deploy/validate/validate.ts")
    )
    const { api, expected, url, withKey } = yield* environmentOf(file)

    const results = yield* validateEnvironment({
      api,
      documents,
      expected,
      file,
      from,
      only,
      release: Option.getOrUndefined(release),
      url,
      withKey,
      onSeen: (_, left) => Effect.provideService(progress(left), Output, output)
    })
    const verdict = overall(results)
    yield* output.record({
      verdict,
      environment: expected.environment,
      url: url.href,
      from,
      checks: yield* encoded(Schema.Array(CheckResult), results)
    })
    yield* printChecks(results)
    if (verdict !== "pass") return yield* notAsExpected(verdict, tally(results), expected.environment)
    yield* output.print(
      `\n${output.style.green("✓")} The environment ${expected.environment} is as expected: ${tally(results)}.`
    )
  })).pipe(
    Command.withDescription(
      "Check an environment against its configuration file; exits with 1 if it differs and with 6 if that cannot be determined"
    )
  )

export const deploy = Command.make("deploy").pipe(
  Command.withDescription("Validate an environment, and deploy a version to it"),
  Command.withSubcommands([validate, drift, run, smoke, status, hold, resume, promote, rollback])
)

/** One line that is drawn again, on a terminal. */
const progress = Effect.fnUntraced(function*(left: ReadonlyArray<FactName>) {
  const output = yield* Output
  if (!output.stderrIsTerminal) return
  const names = left.slice(0, 4).map((name) => wordsOf[name] ?? name)
  yield* output.draw(
    `\r\u001b[2K${left.length === 0 ? "" : `· waiting for ${names.join(", ")}${left.length > 4 ? " …" : ""}`}`
  )
})

const wordsOf: Partial<Record<FactName, string>> = {
  ofApi: "the API's view",
  ofWorker: "a worker's view",
  withoutKey: "routes without a key",
  withKey: "routes with a key",
  signedAddress: "a signed address",
  canary: "the canary"
}

const notAsExpected = (verdict: Exclude<Verdict, "pass">, counted: string, environment: string) =>
  verdict === "fail"
    ? failure(
      "failed",
      "NOT_AS_EXPECTED",
      `The environment ${environment} is not as expected: ${counted}.`,
      "Apply the repair under each failed check, then run this again."
    )
    : failure(
      "inconclusive",
      "INCONCLUSIVE",
      `Cannot determine whether the environment ${environment} is as expected: ${counted}.`,
      "Apply the repair under each inconclusive check, then run this again."
    )
