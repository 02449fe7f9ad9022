/** Runs `docker` in the project's folder. */
import { type Duration, Effect, Exit, Schema } from "effect"
import { PlatformFailed } from "../../../services/DeployPlatform.ts"
import { makeRunProgram } from "../runProgram.ts"

export interface ComposeOptions {
  /** The folder of docker-compose.yml and its .env. */
  readonly directory: string
  /** `docker`, or another program that takes its arguments. */
  readonly command: string
  readonly callTimeout: Duration.Input
  /** From the new containers' health until the old ones are stopped: a proxy in front may take a moment to see them. */
  readonly settleTime: Duration.Input
}

/** A container of the project, as `docker compose ps --format json` describes it. */
const Container = Schema.Struct({
  ID: Schema.String,
  Service: Schema.String,
  Image: Schema.String,
  State: Schema.String,
  /** Empty without a health check. */
  Health: Schema.String,
  ExitCode: Schema.Int
})
export type Container = typeof Container.Type

/** The parts of `docker compose config --format json` that are needed. */
const Service = Schema.Struct({
  environment: Schema.optionalKey(Schema.Record(Schema.String, Schema.NullOr(Schema.String))),
  deploy: Schema.optionalKey(
    Schema.Struct({
      update_config: Schema.optionalKey(Schema.Struct({ order: Schema.optionalKey(Schema.String) }))
    })
  )
})
const Project = Schema.Struct({ services: Schema.Record(Schema.String, Service) })
const decodeLine = Schema.decodeEffect(Schema.fromJsonString(Schema.Struct({ message: Schema.String })))

/** `docker inspect`: one line per container. */
const Variables = Schema.Array(Schema.String)
const decodeVariables = Schema.decodeEffect(Schema.fromJsonString(Schema.Array(Variables)))
const decodeProject = Schema.decodeEffect(Schema.fromJsonString(Project))

/** One object per line, or, before Compose 2.21, one list. */
const decodeContainers = Schema.decodeEffect(Schema.fromJsonString(Schema.Array(Container)))

const unreadable = (what: string) => () =>
  new PlatformFailed({ message: `The answer of docker ${what} cannot be read.`, retryable: false })

export const dockerCompose = Effect.fnUntraced(function*({ callTimeout, command, directory }: ComposeOptions) {
  const runProgram = yield* makeRunProgram

  const once = Effect.fnUntraced(function*(args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) {
    // Services of a profile that is not switched on are unknown to Compose.
    const options = { cwd: directory, env: { COMPOSE_PROFILES: "*", ...env } }
    const { code, reason, said } = yield* runProgram(command, args, options)
    if (code === 0) return said
    return yield* new PlatformFailed({ message: `${named(args)} ended with ${code}: ${reason}`, retryable: true })
  })
  const call = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    once(args, env).pipe(
      Effect.catchTag("PlatformError", ({ message }) =>
        Effect.fail(new PlatformFailed({ message: `${command} cannot be run: ${message}`, retryable: false }))),
      Effect.timeoutOrElse({
        duration: callTimeout,
        orElse: () =>
          Effect.fail(
            new PlatformFailed({ message: `${named(args)} did not end in time.`, retryable: true })
          )
      }),
      Effect.withSpan("DeployPlatform.compose")
    )
  const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    call(["compose", ...args], env)

  const list = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
    const said = (yield* run(["ps", "--all", "--format", "json", ...args])).trim()
    const text = said.startsWith("[") ? said : `[${said.split("\n").filter((line) => line !== "").join(",")}]`
    return yield* Effect.mapError(
      decodeContainers(text),
      unreadable("compose ps")
    )
  })
  /** The services of the project as its files and .env describe them now, by name. */
  const services = Effect.flatMap(run(["config", "--format", "json"]), (said) =>
    decodeProject(said).pipe(
      Effect.mapError(unreadable("compose config")),
      Effect.map((project) => new Map(Object.entries(project.services)))
    ))
  /** Their names change seldom. A failure is not kept: most tries to begin a deployment would repeat it. */
  const names = yield* Effect.cachedWithTTL(
    Effect.map(services, (all) => [...all.keys()]),
    (exit) => Exit.isSuccess(exit) ? "10 seconds" : 0
  )
  /** The variables of each container, as `NAME=value`. */
  const variables = Effect.fnUntraced(function*(ids: ReadonlyArray<string>) {
    const said = yield* call(["inspect", "--format", "{{json .Config.Env}}", ...ids])
    return yield* Effect.mapError(decodeVariables(`[${said.trim().split("\n").join(",")}]`), unreadable("inspect"))
  })
  /** What a container has said last, or empty; JSON lines by their message. */
  const lastLine = (id: string) =>
    call(["logs", "--tail", "1", id]).pipe(
      Effect.flatMap((said) =>
        Effect.orElseSucceed(Effect.map(decodeLine(said), ({ message }) => message), () => said.trim())
      ),
      Effect.orElseSucceed(() => "")
    )
  /** Gives them the time to stop that their service has. */
  const remove = (ids: ReadonlyArray<string>) => Effect.andThen(call(["stop", ...ids]), call(["rm", "--force", ...ids]))
  return { run, list, names, services, variables, lastLine, remove }
})

const named = (args: ReadonlyArray<string>): string =>
  `docker ${args.slice(0, args[0] === "compose" ? 2 : 1).join(" ")}`
