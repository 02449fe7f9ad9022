/** The command line: all commands, and how failures are printed. */
import { Cause, Console, Effect, Layer, Logger, Stdio } from "effect"
import { Argument, CliConfig, CliError, CliOutput, Command, Completions, GlobalFlag } from "effect/cli"
import { namesPresent } from "../settings/environment.ts"
import { version } from "../settings/version.ts"
import { WrongSetting, wrongSetting } from "../settings/WrongSetting.ts"
import { Client } from "./client/Client.ts"
import { CommandFailure, failure } from "./CommandFailure.ts"
import { alerts } from "./commands/alerts/alerts.ts"
import { audit } from "./commands/audit.ts"
import { baseline } from "./commands/baseline/baseline.ts"
import { budgets } from "./commands/budgets.ts"
import { compliance } from "./commands/compliance.ts"
import { deploy } from "./commands/deploy/deploy.ts"
import { doctor } from "./commands/doctor/doctor.ts"
import { chunks } from "./commands/documents/chunks.ts"
import { documents } from "./commands/documents/documents.ts"
import { receipt } from "./commands/documents/receipt.ts"
import { ingest } from "./commands/ingest/ingest.ts"
import { jobs } from "./commands/jobs/jobs.ts"
import { keys } from "./commands/keys.ts"
import { kpi } from "./commands/kpi.ts"
import { logs } from "./commands/logs.ts"
import { mock } from "./commands/mock.ts"
import { open } from "./commands/open.ts"
import { providers } from "./commands/providers.ts"
import { search } from "./commands/search.ts"
import { users } from "./commands/users/users.ts"
import { webhooks } from "./commands/webhooks.ts"
import { root } from "./flags.ts"
import { truncate } from "./terminal/fit.ts"
import { Output } from "./terminal/Output.ts"

const completions = Command.make("completions", {
  shell: Argument.Literals("shell", ["bash", "zsh", "fish"])
}, ({ shell }) => Console.log(completionScript(shell))).pipe(
  Command.withDescription("Print a completion script for your shell")
)

/** All commands; the documentation is checked against them. */
export const command = root.pipe(
  Command.withSubcommands([
    ingest,
    jobs,
    search,
    chunks,
    documents,
    receipt,
    doctor,
    baseline,
    kpi,
    deploy,
    compliance,
    keys,
    providers,
    alerts,
    audit,
    budgets,
    webhooks,
    users,
    mock,
    logs,
    open,
    completions
  ]),
  Command.provide(({ url }) => Client.layer(url))
)

/** The generated script's hint mentions a flag; here it is a command. */
const completionScript = (shell: Completions.Shell): string =>
  Completions.generate(command.name, shell, Completions.fromCommand(command)).replaceAll("--completions", "completions")

const run = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
  const output = yield* Output
  return yield* Command.runWith(command, { version })(args).pipe(
    Effect.catchIf(isHelp, (help) => help.errors.length === 0 ? Effect.void : Effect.fail(misused(help))),
    Effect.catchTag("ConfigError", (error) => Effect.flatMap(namesPresent, (present) => wrongSetting(error, present))),
    Effect.mapError((error) =>
      error instanceof CommandFailure ? error : error instanceof WrongSetting ? misconfigured(error) : unexpected(error)
    ),
    Effect.catchCause((cause) =>
      Cause.hasDies(cause) ? Effect.fail(unexpected(Cause.squash(cause))) : Effect.failCause(cause)
    ),
    Effect.tapError(output.fail)
  )
})

/** Runs the command in the arguments. Failures have already been printed; they only set the exit code. */
export const accessa = Effect.gen(function*() {
  const args = yield* (yield* Stdio.Stdio).args
  // known before the arguments are parsed, so that usage errors are printed in the same way
  const json = args.includes("--json")
  return yield* run(args).pipe(Effect.provide(Layer.mergeAll(
    Output.layer(json),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] }),
    CliOutput.layerPresenter(presenter),
    Layer.succeed(Logger.LogToStderr, true)
  )))
})

/** Requested help goes to stdout; a usage error is printed like any failure, without the help page. */
const presenter: CliOutput.Presenter = {
  present: (event) => event._tag === "InvalidInvocation" ? Effect.void : CliOutput.defaultPresenter.present(event)
}

const isHelp = (error: unknown): error is CliError.ShowHelp => CliError.isCliError(error) && error._tag === "ShowHelp"

const misused = ({ commandPath, errors }: CliError.ShowHelp): CommandFailure =>
  failure(
    "usage",
    "USAGE",
    errors.map(({ message }) => truncate(message.replace("Expected: Schema validation failed: ", ""), 300)).join(" "),
    `See \`${commandPath.join(" ")} --help\`.`
  )

const misconfigured = ({ message }: WrongSetting): CommandFailure =>
  failure("usage", "WRONG_SETTING", message, "Correct it in the environment; docs/settings.md says what it means.")

const unexpected = (error: unknown): CommandFailure =>
  failure(
    "failed",
    "UNEXPECTED",
    `The command line itself failed: ${error instanceof Error ? error.message : String(error)}.`,
    "Report it with the command that you ran."
  )
