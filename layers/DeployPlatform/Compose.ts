/**
 * Docker Compose on this machine. A version is the tag of the image, which `ACCESSA_TAG` in .env names; a deployment is known by its
 * version. Compose stops the old containers before it starts the new ones, and has no autodeploy. Of a service whose file says
 * `order: start-first`, the new containers are started beside the old ones, which are removed once the new ones are healthy.
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

      const unknown = (name: string) =>
        new PlatformFailed({ message: `Compose has no service ${name}.`, retryable: false })
      const known = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
        const present = yield* docker.names
        const missing = names.find((name) => !present.includes(name))
        if (missing !== undefined) return yield* unknown(missing)
      })
      /** Those that run the version with the settings that they would get now, and the others. */
      const sorted = Effect.fnUntraced(function*(name: string, version: string) {
        const service = (yield* docker.services).get(name)
        if (service === undefined) return yield* unknown(name)
        const containers = yield* docker.list([name])
        const wanted = Object.entries(service.environment ?? {}).flatMap(([variable, value]) =>
          // As Compose writes it for a file, `$` is doubled.
          value === null ? [] : [`${variable}=${value.replaceAll("$$", "$")}`]
        )
        const variables = containers.length === 0 ? [] : yield* docker.variables(containers.map(({ ID }) => ID))
        const isFresh = (container: Container, index: number) =>
          tagIn(container) === version && wanted.every((each) => variables[index]?.includes(each))
        return {
          startsFirst: service.deploy?.update_config?.order === "start-first",
          fresh: containers.filter(isFresh),
          old: containers.filter((container, index) => !isFresh(container, index))
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
        const live = containers.length === 0 ? Option.some(tag) : replaced(containers, tag)
        return {
          name,
          live: Option.map(live, (version) => ({ version, deployment: version })),
          replicas: containers.filter(({ State }) => State === "running").length,
          autodeploy: false
        } satisfies DeployedService
      })
      const begin = Effect.fnUntraced(function*(service: string, version: string) {
        // First, so that a later `docker compose up` gives this version as well.
        yield* env.change({ [tagName]: Option.some(Redacted.make(version)) })
        const { fresh, old, startsFirst } = yield* sorted(service, version)
        const all = fresh.length + old.length
        const scale = (count: number) => ["--scale", `${service}=${count}`]
        if (old.length > 0 && startsFirst) {
          // Asked again after a crash, only those that are missing are started.
          yield* up(service, version, ["--no-recreate", ...scale(Math.max(all, 2 * old.length))])
        } else if (old.length > 0 || all === 0 || fresh.some(({ State }) => State !== "running")) {
          yield* up(service, version, all === 0 ? [] : scale(all))
        }
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
          const { fresh, old, startsFirst } = yield* sorted(service, deployment)
          const counted = startsFirst ? fresh : [...fresh, ...old]
          const broken = counted.find(isBroken)
          if (broken !== undefined) {
            return Progress.Failed({ reason: reasonOf(broken, yield* docker.lastLine(broken.ID)) })
          }
          const progress = counted.length > 0 && counted.every(isLive(deployment))
            ? Progress.Live()
            : Progress.Working()
          if (startsFirst && progress._tag === "Live" && old.length > 0) {
            yield* Effect.sleep(options.settleTime)
            yield* docker.remove(old.map(({ ID }) => ID))
          }
          return progress
        }),
        scale: Effect.fn("DeployPlatform.scale")(function*(service, replicas) {
          yield* known([service])
          const tag = replaced(yield* docker.list([service]), yield* configured)
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

/** While two versions are mixed, the one that is being replaced. */
const replaced = (containers: ReadonlyArray<Container>, configured: string): Option.Option<string> => {
  const tags = [...new Set(containers.map(tagIn))]
  const others = tags.length > 1 ? tags.filter((tag) => tag !== configured) : tags
  return others.length > 1 ? Option.none() : Option.fromUndefinedOr(others[0])
}

const isBroken = ({ Health, State }: Container): boolean =>
  State === "exited" || State === "dead" || State === "restarting" || Health === "unhealthy"

const isLive = (version: string) => (container: Container): boolean =>
  tagIn(container) === version && container.State === "running" && ["", "healthy"].includes(container.Health)

const reasonOf = ({ ExitCode, Health, Service, State }: Container, lastLine: string): string => {
  const state = State === "running" ? Health : State === "restarting" ? State : `${State} with code ${ExitCode}`
  return `a container of ${Service} is ${state}; ${
    lastLine === "" ? "it has logged nothing" : `its last log line: ${lastLine.slice(0, 200)}`
  }`
}
