/** Runs `docker compose` in the project's folder. */
import { type Duration, Effect, Schema } from "effect"
import { PlatformFailed } from "../../../services/DeployPlatform.ts"
import { makeRunProgram } from "../runProgram.ts"

export interface ComposeOptions {
  /** Where docker-compose.yml and its .env are. */
  readonly directory: string
  /** `docker`, or another program that takes its arguments. */
  readonly command: string
  readonly callTimeout: Duration.Input
}

/** A container of the project, as `docker compose ps --format json` describes it. */
const Container = Schema.Struct({
  Service: Schema.String,
  Image: Schema.String,
  State: Schema.String,
  /** Empty without a health check. */
  Health: Schema.String,
  ExitCode: Schema.Int
})
export type Container = typeof Container.Type

/** One object a line, or, before Compose 2.21, one list. */
const decodeContainers = Schema.decodeEffect(Schema.fromJsonString(Schema.Array(Container)))

export const dockerCompose = Effect.fnUntraced(function*({ callTimeout, command, directory }: ComposeOptions) {
  const runProgram = yield* makeRunProgram

  const once = Effect.fnUntraced(function*(args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) {
    // Services of a profile that is not switched on are unknown to Compose.
    const options = { cwd: directory, env: { COMPOSE_PROFILES: "*", ...env } }
    const { code, reason, said } = yield* runProgram(command, ["compose", ...args], options)
    if (code === 0) return said
    return yield* new PlatformFailed({
      message: `docker compose ${args[0]} ended with ${code}: ${reason}`,
      retryable: true
    })
  })
  const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    once(args, env).pipe(
      Effect.catchTag("PlatformError", ({ message }) =>
        Effect.fail(new PlatformFailed({ message: `${command} cannot be run: ${message}`, retryable: false }))),
      Effect.timeoutOrElse({
        duration: callTimeout,
        orElse: () =>
          Effect.fail(
            new PlatformFailed({ message: `docker compose ${args[0]} did not end in time.`, retryable: true })
          )
      }),
      Effect.withSpan("DeployPlatform.compose")
    )

  const list = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
    const said = (yield* run(["ps", "--all", "--format", "json", ...args])).trim()
    const text = said.startsWith("[") ? said : `[${said.split("\n").filter((line) => line !== "").join(",")}]`
    return yield* Effect.mapError(
      decodeContainers(text),
      () => new PlatformFailed({ message: "The list of docker compose ps cannot be read.", retryable: false })
    )
  })
  const names = yield* Effect.cachedWithTTL(
    Effect.map(run(["config", "--services"]), (said) => said.trim().split("\n")),
    "10 seconds"
  )
  return { run, list, names }
})
