/** `accessa deploy validate FILE`: whether an environment is what its configuration file says. */
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest } from "effect/http"
import { CheckResult, overall, type Verdict } from "../../deploy/CheckResult.ts"
import { groups } from "../../deploy/validate/Check.ts"
import type { FactName } from "../../deploy/validate/Facts.ts"
import { Client } from "../client/Client.ts"
import { isLocal } from "../client/MockServers.ts"
import { failure } from "../CommandFailure.ts"
import { encoded } from "../encoded.ts"
import { printChecks, tally } from "../terminal/checkLines.ts"
import { Output } from "../terminal/Output.ts"
import { hold, promote, resume, rollback, status } from "./deployAsk.ts"
import { drift } from "./deployDrift.ts"
import { run, smoke } from "./deployRun.ts"

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
  documents: Flag.String("documents").pipe(
    Flag.withMetavar("folder"),
    Flag.withDescription("The smallest document in it is the canary"),
    Flag.withDefault("config/baseline-documents")
  )
}, ({ documents, file, from, only, release }) =>
  Effect.gen(function*() {
    const output = yield* Output
    // Loaded by this command alone, so that others start fast.
    const { readExpectations } = yield* Effect.promise(() => import("../../deploy/validate/readExpectations.ts"))
    const { validate: validateEnvironment } = yield* Effect.promise(() => import("../../deploy/validate/validate.ts"))
    const { connect, keyFor } = yield* Effect.promise(() => import("../client/connect.ts"))
    const expected = yield* Effect.mapError(readExpectations(file), ({ message }) =>
      failure("usage", "EXPECTATIONS", message, "Correct the file: docs/validation.md explains each field."))
    const given = yield* Client
    // An address on this machine is only meant for another environment if the file names it.
    const url = expected.environment !== "local" && isLocal(given.url) ? expected.api.url : given.url
    const api = yield* connect(url)
    const key = yield* keyFor(url)
    const withKey = HttpClient.mapRequest(yield* HttpClient.HttpClient, (request) =>
      Option.match(key, {
        onNone: () =>
          request,
        onSome: (secret) =>
          HttpClientRequest.bearerToken(request, secret)
      }))

    const results = yield* validateEnvironment({
      api,
      documents,
      expected: { ...expected, api: { ...expected.api, url } },
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
      "Check that an environment is what its configuration file says; exits with 1 if not and with 6 if that cannot be told"
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
      `Whether the environment ${environment} is as expected cannot be told: ${counted}.`,
      "Follow the repair under each check in doubt, then run this again."
    )
