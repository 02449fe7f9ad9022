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
    Argument.withDescription("What is expected of the environment, such as config/production.yaml")
  ),
  only: Flag.Literals("only", groups).pipe(
    Flag.withDescription("Only the checks of this group; may be repeated"),
    Flag.atLeast(0)
  ),
  from: Flag.Literals("from", ["api", "worker"]).pipe(
    Flag.withDescription(
      "Whose view of database, storage, providers and settings is judged: the API's, or a deployed worker's"
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
      "Check that an environment is what its configuration file says; exits with 1 if not and with 6 if that cannot be determined"
    )
  )

export const deploy = Command.make("deploy").pipe(
  Command.withDescription("Validate an environment, and bring another version to it"),
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
      "Follow the repair under each failed check, then run this again."
    )
    : failure(
      "inconclusive",
      "INCONCLUSIVE",
      `Whether the environment ${environment} is as expected cannot be determined: ${counted}.`,
      "Follow the repair under each check in doubt, then run this again."
    )
