/** The manifests of an environment on Kubernetes, and what is wrong with them. */
import { Duration, Effect, type Schema } from "effect"
import type { Expectations } from "../../validate/Expectations.ts"
import { judgeUnits } from "../judgeUnits.ts"
import { InfrastructureUnreadable, strictly } from "../readYaml.ts"
import { partOf, type Unit } from "../Unit.ts"
import { build, type Built } from "./kustomize.ts"
import { NetworkPolicy, PodDisruptionBudget, ScaledObject, Service, TriggerAuthentication } from "./others.ts"
import { Deployment, type PodSpec } from "./workload.ts"

export const overlays = {
  staging: "deploy/kubernetes/overlays/staging",
  production: "deploy/kubernetes/overlays/production"
}

/** The Dockerfile sets these. */
export const setByImage = { ACCESSA_DATA_DIR: "/data", ACCESSA_VERSION: "0.1.0", API_HOST: "0.0.0.0" }

/** Pods that drain still hold their connections, and do not count against `maxSurge`: all may be there twice. */
const sideBySide = 2

const form = <A, I>(schema: Schema.Codec<A, I>) => (where: string, content: unknown) =>
  Effect.asVoid(strictly(schema, where)(content))

const forms: Readonly<Record<string, ReturnType<typeof form>>> = {
  Deployment: form(Deployment),
  Service: form(Service),
  PodDisruptionBudget: form(PodDisruptionBudget),
  NetworkPolicy: form(NetworkPolicy),
  TriggerAuthentication: form(TriggerAuthentication),
  ScaledObject: form(ScaledObject)
}

/** Each object in the form that Kubernetes documents. */
const checkForm = (directory: string, built: Built) =>
  Effect.forEach(built.objects, (object) => {
    const kind = String(object.get("kind"))
    const where = `${directory}: ${kind} ${String(object.getIn(["metadata", "name"]))}`
    return forms[kind]?.(where, object.toJS()) ??
      Effect.fail(new InfrastructureUnreadable({ message: `${where} has a kind that this check does not know` }))
  }, { discard: true })

const all = <A, I>(built: Built, kind: string, schema: Schema.Codec<A, I>) =>
  Effect.forEach(
    built.objects.filter((object) => object.get("kind") === kind),
    (object) => strictly(schema, kind)(object.toJS())
  )

export const manifestFaults = Effect.fn("manifestFaults")(function*(directory: string, expected: Expectations) {
  const built = yield* build(directory)
  yield* checkForm(directory, built)
  const deployments = yield* all(built, "Deployment", Deployment)
  const scaled = yield* all(built, "ScaledObject", ScaledObject)
  const budgets = yield* all(built, "PodDisruptionBudget", PodDisruptionBudget)
  const unknownMaps: Array<string> = []
  const units = deployments.map(({ metadata: { name }, spec }): Unit => {
    const [container] = spec.template.spec.containers
    for (const { configMapRef } of container.envFrom ?? []) {
      if (built.configMaps[configMapRef.name] === undefined) {
        unknownMaps.push(`${name}: there is no ConfigMap ${configMapRef.name}`)
      }
    }
    const scaling = scaled.find((each) => each.spec.scaleTargetRef.name === name)
    const replicas = scaling?.spec.maxReplicaCount ?? spec.replicas ?? 1
    return {
      name,
      part: partOf(container.args),
      most: spec.strategy.type === "Recreate" ? replicas : replicas * sideBySide,
      settings: settingsOf(spec.template.spec, built),
      grace: Duration.seconds(spec.template.spec.terminationGracePeriodSeconds),
      health: container.livenessProbe?.httpGet.path
    }
  })
  const unprotected = deployments.filter(({ spec }) => spec.strategy.type === "RollingUpdate").flatMap((
    { metadata: { name }, spec }
  ) =>
    budgets.some(({ spec: { selector } }) => sameLabels(selector.matchLabels, spec.selector.matchLabels))
      ? []
      : [`${name}: no PodDisruptionBudget selects it`]
  )
  const unscaled = scaled.filter(({ spec }) =>
    !deployments.some(({ metadata }) => metadata.name === spec.scaleTargetRef.name)
  )
    .map(({ spec }) => `there is no Deployment ${spec.scaleTargetRef.name} to scale`)
  const fixed = deployments.filter(({ metadata: { name }, spec }) =>
    spec.replicas !== undefined && scaled.some((each) => each.spec.scaleTargetRef.name === name)
  ).map(({ metadata: { name } }) => `${name}: it sets replicas, so that each apply would undo KEDA's scaling`)
  const latest = built.tags.filter((tag) => tag === "latest").map(() =>
    "the image's tag is latest, which is not a version"
  )
  const faults = yield* judgeUnits(units, expected, scaled.length * connectionsOfScaler)
  return [...unknownMaps, ...unprotected, ...unscaled, ...fixed, ...latest, ...faults].map((fault) =>
    `${directory}: ${fault}`
  )
})

/** KEDA's operator and its metrics server each keep one. */
const connectionsOfScaler = 2

const settingsOf = ({ containers: [container] }: PodSpec, { configMaps }: Built): Unit["settings"] => ({
  ...setByImage,
  ...Object.assign({}, ...(container.envFrom ?? []).map(({ configMapRef: { name } }) => configMaps[name])),
  ...Object.fromEntries(container.env.map((each) => [each.name, "value" in each ? each.value : undefined]))
})

const sameLabels = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean =>
  Object.entries(one).every(([label, value]) => other[label] === value)
