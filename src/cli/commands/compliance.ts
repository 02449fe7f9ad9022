/** `accessa compliance check FILE`: whether an environment keeps what it promises of data and access. For a daily job. */
import { Effect, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CheckResult, overall } from "../../deploy/CheckResult.ts"
import { environmentOf } from "../client/environmentOf.ts"
import { failure } from "../CommandFailure.ts"
import { encoded } from "../encoded.ts"
import { printChecks, tally } from "../terminal/checkLines.ts"
import { Output } from "../terminal/Output.ts"

const check = Command.make("check", {
  file: Argument.String("file").pipe(
    Argument.withDescription("The environment's configuration file, such as config/production.yaml")
  ),
  repository: Flag.Boolean("repository").pipe(
    Flag.withDefault(true),
    Flag.withDescription("Search the checkout for secrets; --no-repository where there is none")
  )
}, ({ file, repository }) =>
  Effect.gen(function*() {
    const output = yield* Output
    const { checkRecords, ofValidator } = yield* Effect.promise(() => import("../../deploy/compliance.ts"))
    const { validate } = yield* Effect.promise(() => import("../../deploy/validate/validate.ts"))
    const { api, expected, url, withKey } = yield* environmentOf(file)
    const results = [
      ...yield* validate({
        api,
        documents: "",
        expected,
        file,
        from: "api",
        only: [],
        named: ofValidator.filter((name) => repository || name !== "security repository"),
        release: undefined,
        url,
        withKey,
        onSeen: () => Effect.void
      }),
      ...yield* checkRecords(api)
    ]
    const verdict = overall(results)
    yield* output.record({
      verdict,
      environment: expected.environment,
      url: url.href,
      checks: yield* encoded(Schema.Array(CheckResult), results)
    })
    yield* printChecks(results)
    if (verdict !== "pass") {
      return yield* failure(
        verdict === "fail" ? "failed" : "inconclusive",
        verdict === "fail" ? "NOT_COMPLIANT" : "INCONCLUSIVE",
        verdict === "fail"
          ? `The environment ${expected.environment} does not comply: ${tally(results)}.`
          : `Cannot determine whether the environment ${expected.environment} complies: ${tally(results)}.`,
        "Apply the repair under each line, then run this again."
      )
    }
    yield* output.print(
      `\n${output.style.green("✓")} The environment ${expected.environment} complies: ${tally(results)}.`
    )
  })).pipe(
    Command.withDescription(
      "Check keys, row security, grants, encryption, retention and the audit log; exits with 1 if one fails and with 6 if that "
        + "cannot be determined"
    )
  )

export const compliance = Command.make("compliance").pipe(
  Command.withDescription("Check an environment's data protection and access rules"),
  Command.withSubcommands([check])
)
