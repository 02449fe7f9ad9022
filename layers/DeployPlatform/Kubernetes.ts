/**
 * Kubernetes, through `kubectl`. A service is a Deployment, a version the tag of its image; a deployment is known by its version. The
 * settings of all services are the keys of one Secret. Kubernetes starts the new pods beside the old ones, and has no autodeploy.
 */
import { Effect, Layer, Option, Redacted, Schema } from "effect"
import { type DeployedService, DeployPlatform, PlatformFailed, Progress } from "../../services/DeployPlatform.ts"
import { Deployment, Pods, Secret } from "./kubernetes/answers.ts"
import { kubectl, type KubernetesOptions } from "./kubernetes/kubectl.ts"

/** On the pods, so that changed settings replace them although the image is the same. */
const settingsAnnotation = "accessa/settings"

export const DeployPlatformKubernetes = (options: KubernetesOptions) =>
  Layer.effect(
    DeployPlatform,
    Effect.gen(function*() {
      const { get, patch, run } = yield* kubectl(options)
      const find = (name: string) => get(Schema.fromJsonString(Deployment), "deployment", name)
      const secret = get(Schema.fromJsonString(Secret), "secret", options.secret)

      const begin = Effect.fnUntraced(function*(service: string, version: string) {
        const [container] = (yield* find(service)).spec.template.spec.containers
        if (container === undefined) {
          return yield* new PlatformFailed({ message: `${service} has no container.`, retryable: false })
        }
        const { metadata } = yield* secret
        // Changes nothing if both are as they are.
        yield* patch("deployment", service, "strategic", {
          spec: {
            template: {
              metadata: { annotations: { [settingsAnnotation]: metadata.resourceVersion } },
              spec: { containers: [{ name: container.name, image: `${repositoryOf(container.image)}:${version}` }] }
            }
          }
        })
        return version
      })

      return DeployPlatform.of({
        services: Effect.fn("DeployPlatform.services")((names) =>
          Effect.forEach(names, (name) => Effect.map(find(name), (found) => describe(name, found)))
        ),
        setAutodeploy: Effect.fn("DeployPlatform.setAutodeploy")(function*(service, on) {
          yield* find(service)
          if (on) {
            return yield* new PlatformFailed({ message: "Kubernetes has no autodeploy.", retryable: false })
          }
        }),
        settings: Effect.fn("DeployPlatform.settings")(function*(service) {
          yield* find(service)
          const { data = {} } = yield* secret
          return Object.fromEntries(
            Object.entries(data).map(([name, value]) => [name, Redacted.make(Buffer.from(value, "base64").toString())])
          )
        }),
        changeSettings: Effect.fn("DeployPlatform.changeSettings")(function*(service, changes) {
          yield* find(service)
          yield* patch("secret", options.secret, "merge", {
            data: Object.fromEntries(
              Object.entries(changes).map(([name, value]) => [
                name,
                Option.getOrNull(Option.map(value, (text) => Buffer.from(Redacted.value(text)).toString("base64")))
              ])
            )
          })
        }),
        deploy: Effect.fn("DeployPlatform.deploy")(begin),
        rollback: Effect.fn("DeployPlatform.rollback")((service, to) => begin(service, to.version)),
        progress: Effect.fn("DeployPlatform.progress")(function*(service, deployment) {
          const found = yield* find(service)
          const settled = progressOf(found, deployment)
          if (settled._tag !== "Working") return settled
          const labels = Object.entries(found.spec.selector.matchLabels).map(([name, value]) => `${name}=${value}`)
          const stuck = stuckPod(
            yield* get(Schema.fromJsonString(Pods), "pods", "--selector", labels.join(",")),
            deployment
          )
          return stuck === undefined ? settled : Progress.Failed({ reason: `a pod of ${service} is in ${stuck}` })
        }),
        scale: Effect.fn("DeployPlatform.scale")((service, replicas) =>
          Effect.asVoid(run(["scale", "deployment", service, `--replicas=${replicas}`]))
        )
      })
    })
  )

const tagIn = (image: string): string => /:([^:/@]+)$/.exec(image)?.[1] ?? "latest"
const repositoryOf = (image: string): string => {
  const [name = ""] = image.split("@")
  const tag = name.lastIndexOf(":")
  // A colon before the last slash is a port's.
  return tag > name.lastIndexOf("/") ? name.slice(0, tag) : name
}
const versionOf = ({ spec }: Deployment): string => tagIn(spec.template.spec.containers[0]?.image ?? "")

/** Whether every pod is of the newest version and answers. */
const isSettled = ({ metadata, spec, status }: Deployment): boolean =>
  (status.observedGeneration ?? 0) >= metadata.generation
  && [status.replicas, status.updatedReplicas, status.availableReplicas].every((count = 0) => count === spec.replicas)

const describe = (name: string, found: Deployment): DeployedService => {
  const version = versionOf(found)
  return {
    name,
    // None while two versions are mixed.
    live: isSettled(found) ? Option.some({ version, deployment: version }) : Option.none(),
    replicas: found.spec.replicas,
    autodeploy: false
  }
}

const progressOf = (found: Deployment, version: string): Progress => {
  if (versionOf(found) !== version) return Progress.Failed({ reason: "another deployment has replaced it" })
  if (isSettled(found)) return Progress.Live()
  const isLate = found.status.conditions?.some(({ reason }) => reason === "ProgressDeadlineExceeded") === true
  return isLate && (found.status.observedGeneration ?? 0) >= found.metadata.generation
    ? Progress.Failed({ reason: "its pods were not ready in time" })
    : Progress.Working()
}

const hopeless = new Set([
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName"
])

/** The state in which a pod of this version is stuck. */
const stuckPod = ({ items }: Pods, version: string): string | undefined =>
  items.filter(({ spec }) => spec.containers.some(({ image }) => tagIn(image) === version))
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .map(({ state }) => state.waiting?.reason ?? "")
    .find((reason) => hopeless.has(reason))
