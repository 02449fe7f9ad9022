/** Render's REST API. A rollback through it leaves autodeploy on, and settings as they are: both are the caller's to change. */
import { Effect, Layer, Option, Redacted } from "effect"
import { DeployPlatform, type LiveVersion, PlatformFailed, Progress } from "../../services/DeployPlatform.ts"
import { Deploy, DeployPage, failures, type Service, ServicePage, SettingPage, versionOf } from "./render/answers.ts"
import { renderApi, type RenderOptions } from "./render/api.ts"

/** The most that Render gives in one page. */
const pageSize = 100

export const DeployPlatformRender = (options: RenderOptions) =>
  Layer.effect(
    DeployPlatform,
    Effect.gen(function*() {
      const api = yield* renderApi(options)
      const readServices = api.read(ServicePage)
      const readDeploys = api.read(DeployPage)
      const readDeploy = api.read(Deploy)
      const readSettings = api.read(SettingPage)

      const find = Effect.fnUntraced(function*(name: string) {
        const page = yield* readServices({ method: "GET", path: `/services?name=${encodeURIComponent(name)}&limit=20` })
        const found = page.find(({ service }) => service.name === name)
        return found === undefined
          ? yield* new PlatformFailed({ message: `Render has no service ${name} for this key.`, retryable: false })
          : found.service
      })
      /** Newest first. */
      const deploys = ({ id }: Service, query = "") =>
        Effect.map(
          readDeploys({ method: "GET", path: `/services/${id}/deploys?limit=20${query}` }),
          (page) => page.map(({ deploy }) => deploy)
        )
      const settings = Effect.fnUntraced(function*({ id }: Service) {
        const found: Record<string, Redacted.Redacted> = {}
        let cursor = ""
        for (;;) {
          const page = yield* readSettings({
            method: "GET",
            path: `/services/${id}/env-vars?limit=${pageSize}${cursor === "" ? "" : `&cursor=${cursor}`}`
          })
          for (const { envVar } of page) found[envVar.key] = Redacted.make(envVar.value)
          if (page.length < pageSize) return found
          cursor = encodeURIComponent(page.at(-1)?.cursor ?? "")
        }
      })
      /** A deployment that is under way or live, and asked for in the same way: the answer to our request may have been lost. */
      const known = Effect.fnUntraced(function*(service: Service, version: string, isRollback: boolean) {
        const [newest] = (yield* deploys(service)).filter(({ status }) => failures[status] === undefined)
        return newest !== undefined && versionOf(newest) === version
            && (newest.status === "live" || (newest.trigger === "rollback") === isRollback)
          ? Option.some(newest.id)
          : Option.none<string>()
      })
      const begin = Effect.fnUntraced(function*(path: string, body: unknown) {
        return (yield* readDeploy({ method: "POST", path, body })).id
      })

      return DeployPlatform.of({
        services: Effect.fn("DeployPlatform.services")(function*(names) {
          return yield* Effect.forEach(
            names,
            Effect.fnUntraced(function*(name) {
              const service = yield* find(name)
              const [live] = yield* deploys(service, "&status=live")
              return {
                name,
                live: Option.map(
                  Option.fromUndefinedOr(live),
                  (deploy): LiveVersion => ({ version: versionOf(deploy), deployment: deploy.id })
                ),
                replicas: service.serviceDetails.numInstances ?? 1,
                autodeploy: service.autoDeploy === "yes"
              }
            })
          )
        }),
        setAutodeploy: Effect.fn("DeployPlatform.setAutodeploy")(function*(name, on) {
          const { id } = yield* find(name)
          yield* api.call({ method: "PATCH", path: `/services/${id}`, body: { autoDeploy: on ? "yes" : "no" } })
        }),
        settings: Effect.fn("DeployPlatform.settings")((name) => Effect.flatMap(find(name), settings)),
        // One by one: replacing the whole list would remove what another person has set meanwhile.
        changeSettings: Effect.fn("DeployPlatform.changeSettings")(function*(name, changes) {
          const service = yield* find(name)
          const present = yield* settings(service)
          for (const [key, value] of Object.entries(changes)) {
            const path = `/services/${service.id}/env-vars/${encodeURIComponent(key)}`
            if (Option.isSome(value)) {
              yield* api.call({ method: "PUT", path, body: { value: Redacted.value(value.value) } })
            } else if (present[key] !== undefined) yield* api.call({ method: "DELETE", path })
          }
        }),
        deploy: Effect.fn("DeployPlatform.deploy")(function*(name, version) {
          const service = yield* find(name)
          const under = yield* known(service, version, false)
          if (Option.isSome(under)) return under.value
          const isImage = /[/:]/.test(version)
          return yield* begin(
            `/services/${service.id}/deploys`,
            isImage ? { imageUrl: version } : { commitId: version, clearCache: "do_not_clear" }
          )
        }),
        rollback: Effect.fn("DeployPlatform.rollback")(function*(name, { deployment, version }) {
          const service = yield* find(name)
          const under = yield* known(service, version, true)
          if (Option.isSome(under)) return under.value
          return yield* begin(`/services/${service.id}/rollback`, { deployId: deployment })
        }),
        progress: Effect.fn("DeployPlatform.progress")(function*(name, deployment) {
          const { id } = yield* find(name)
          const { status } = yield* readDeploy({ method: "GET", path: `/services/${id}/deploys/${deployment}` })
          const failure = failures[status]
          if (failure !== undefined) return Progress.Failed({ reason: `${failure} (${deployment})` })
          if (status === "deactivated") {
            return Progress.Failed({ reason: `another deployment has replaced it (${deployment})` })
          }
          return status === "live" ? Progress.Live() : Progress.Working()
        }),
        scale: Effect.fn("DeployPlatform.scale")(function*(name, replicas) {
          const { id } = yield* find(name)
          yield* api.call({ method: "POST", path: `/services/${id}/scale`, body: { numInstances: replicas } })
        })
      })
    })
  )
