/**
 * Docker Compose on this machine. A version is the tag of the image, which `ACCESSA_TAG` in .env names; a deployment is known by its
 * version. Compose stops the old containers before it starts the new ones, and has no autodeploy.
 */
import { Effect, Layer, Option, Redacted } from "effect"
import { type DeployedService, DeployPlatform, PlatformFailed, Progress } from "../../services/DeployPlatform.ts"
import { type ComposeOptions, type Container, dockerCompose } from "./compose/docker.ts"
import { envFile } from "./compose/envFile.ts"

const tagName = "ACCESSA_TAG"
const usualTag = "local"

export const DeployPlatformCompose = (options: ComposeOptions) =>
  Layer.effect(
    DeployPlatform,
    Effect.gen(function*() {
      const docker = yield* dockerCompose(options)
      const env = yield* envFile(`${options.directory}/.env`)

      const known = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
        const present = yield* docker.names
        const missing = names.find((name) => !present.includes(name))
        if (missing !== undefined) {
          return yield* new PlatformFailed({ message: `Compose has no service ${missing}.`, retryable: false })
        }
      })
      const configured = Effect.map(
        env.read,
        ({ [tagName]: tag }) => tag === undefined ? usualTag : Redacted.value(tag)
      )
      const up = (service: string, tag: string, args: ReadonlyArray<string>) =>
        docker.run(["up", "--detach", "--no-deps", "--no-build", ...args, service], { [tagName]: tag })

      const look = Effect.fnUntraced(function*(name: string, tag: string) {
        const containers = yield* docker.list([name])
        const live = Option.orElse(tagOf(containers), () => containers.length === 0 ? Option.some(tag) : Option.none())
        return {
          name,
          live: Option.map(live, (version) => ({ version, deployment: version })),
          replicas: containers.filter(({ State }) => State === "running").length,
          autodeploy: false
        } satisfies DeployedService
      })
      const begin = Effect.fnUntraced(function*(service: string, version: string) {
        yield* known([service])
        // First, so that `docker compose up` gives this version later, too.
        yield* env.change({ [tagName]: Option.some(Redacted.make(version)) })
        const replicas = (yield* docker.list([service])).length
        yield* up(service, version, replicas === 0 ? [] : ["--scale", `${service}=${replicas}`])
        return version
      })

      return DeployPlatform.of({
        services: Effect.fn("DeployPlatform.services")(function*(names) {
          yield* known(names)
          const tag = yield* configured
          return yield* Effect.forEach(names, (name) => look(name, tag))
        }),
        setAutodeploy: Effect.fn("DeployPlatform.setAutodeploy")(function*(service, on) {
          yield* known([service])
          if (on) return yield* new PlatformFailed({ message: "Compose has no autodeploy.", retryable: false })
        }),
        // One file is read by all services.
        settings: Effect.fn("DeployPlatform.settings")((service) => Effect.andThen(known([service]), env.read)),
        changeSettings: Effect.fn("DeployPlatform.changeSettings")((service, changes) =>
          Effect.andThen(known([service]), env.change(changes))
        ),
        deploy: Effect.fn("DeployPlatform.deploy")(begin),
        rollback: Effect.fn("DeployPlatform.rollback")((service, to) => begin(service, to.version)),
        progress: Effect.fn("DeployPlatform.progress")(function*(service, deployment) {
          return progressOf(yield* docker.list([service]), deployment)
        }),
        scale: Effect.fn("DeployPlatform.scale")(function*(service, replicas) {
          yield* known([service])
          const tag = tagOf(yield* docker.list([service]))
          yield* up(service, Option.isSome(tag) ? tag.value : yield* configured, [
            "--no-recreate",
            "--scale",
            `${service}=${replicas}`
          ])
        })
      })
    })
  )

const tagIn = ({ Image }: Container): string => /:([^:/]+)$/.exec(Image)?.[1] ?? "latest"

/** None while two versions are mixed. */
const tagOf = (containers: ReadonlyArray<Container>): Option.Option<string> => {
  const [tag, ...others] = new Set(containers.map(tagIn))
  return others.length === 0 ? Option.fromUndefinedOr(tag) : Option.none()
}

const progressOf = (containers: ReadonlyArray<Container>, version: string): Progress => {
  const ended = containers.find(({ Health, State }) =>
    State === "exited" || State === "dead" || State === "restarting" || Health === "unhealthy"
  )
  if (ended !== undefined) {
    const why = ended.State === "running" ? ended.Health : `${ended.State}, exit code ${ended.ExitCode}`
    return Progress.Failed({ reason: `a container of ${ended.Service} is ${why}` })
  }
  const isLive = containers.length > 0 &&
    containers.every((container) =>
      tagIn(container) === version && container.State === "running" && ["", "healthy"].includes(container.Health)
    )
  return isLive ? Progress.Live() : Progress.Working()
}
