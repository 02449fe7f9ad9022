/**
 * A platform in memory. A version whose name begins with `broken` crashes again and again: it never becomes live, and none of its
 * replicas counts. Others need a look or two.
 */
import { Effect, Layer, Option, type Redacted } from "effect"
import { DeployPlatform, type LiveVersion, PlatformFailed, Progress } from "../../services/DeployPlatform.ts"

interface Place {
  live: Option.Option<LiveVersion>
  newest: LiveVersion
  looks: number
  replicas: number
  autodeploy: boolean
  readonly settings: Map<string, Redacted.Redacted>
}

export interface PlatformMemory {
  /** In order, such as `deploy worker v2`. */
  readonly calls: Array<string>
  readonly places: Map<string, Place>
  readonly layer: Layer.Layer<DeployPlatform>
}

export const makePlatform = (names: ReadonlyArray<string>, version: string): PlatformMemory => {
  const calls: Array<string> = []
  let deployments = 0
  const next = (of: string): LiveVersion => ({ version: of, deployment: `dep-${++deployments}` })
  const places = new Map(names.map((name): [string, Place] => {
    const newest = next(version)
    return [name, { live: Option.some(newest), newest, looks: 2, replicas: 1, autodeploy: true, settings: new Map() }]
  }))
  const find = (name: string) =>
    Effect.fromNullishOr(places.get(name)).pipe(
      Effect.mapError(() => new PlatformFailed({ message: `There is no service ${name}.`, retryable: false }))
    )
  const begin = (name: string, wanted: string) =>
    Effect.map(find(name), (place) => {
      if (place.newest.version !== wanted) {
        place.newest = next(wanted)
        place.looks = 0
        // As Compose, which starts a service that does not run.
        place.replicas = Math.max(1, place.replicas)
      }
      return place.newest.deployment
    })
  const note = (call: string) => Effect.sync(() => void calls.push(call))

  const layer = Layer.succeed(DeployPlatform, {
    services: (wanted) =>
      Effect.forEach(
        wanted,
        (name) =>
          Effect.map(find(name), ({ autodeploy, live, newest, replicas }) => ({
            name,
            live,
            replicas: isBroken(newest) ? 0 : replicas,
            autodeploy
          }))
      ),
    setAutodeploy: (name, on) =>
      Effect.andThen(
        note(`autodeploy ${on ? "on" : "off"} ${name}`),
        Effect.map(find(name), (place) => {
          place.autodeploy = on
        })
      ),
    settings: (name) => Effect.map(find(name), ({ settings }) => Object.fromEntries(settings)),
    changeSettings: (name, changes) =>
      Effect.andThen(
        note(`settings ${name} ${Object.keys(changes).join(",")}`),
        Effect.map(find(name), ({ settings }) => {
          for (const [key, value] of Object.entries(changes)) {
            if (Option.isSome(value)) settings.set(key, value.value)
            else settings.delete(key)
          }
        })
      ),
    deploy: (name, wanted) => Effect.andThen(note(`deploy ${name} ${wanted}`), begin(name, wanted)),
    rollback: (name, to) => Effect.andThen(note(`rollback ${name} ${to.version}`), begin(name, to.version)),
    progress: (name, deployment) =>
      Effect.map(find(name), (place) => {
        if (place.newest.deployment !== deployment) {
          return Progress.Failed({ reason: "another deployment has replaced it" })
        }
        if (isBroken(place.newest)) {
          return Progress.Failed({ reason: "it did not become healthy" })
        }
        if (++place.looks < 2) return Progress.Working()
        place.live = Option.some(place.newest)
        return Progress.Live()
      }),
    scale: (name, replicas) =>
      Effect.andThen(
        note(`scale ${name} ${replicas}`),
        Effect.map(find(name), (place) => {
          place.replicas = replicas
        })
      )
  })
  return { calls, places, layer }
}

const isBroken = ({ version }: LiveVersion): boolean => version.startsWith("broken")
