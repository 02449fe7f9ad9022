/** A Deployment, as far as we use it. Any other field is refused: Kubernetes itself ignores a misspelled one. */
import { Schema } from "effect"
import { head, Labels, positive, Quantity, Selector } from "./parts.ts"

const Probe = Schema.Struct({
  httpGet: Schema.Struct({ path: Schema.NonEmptyString, port: Schema.NonEmptyString }),
  periodSeconds: positive,
  timeoutSeconds: positive,
  failureThreshold: positive
})

const EnvVar = Schema.Union([
  Schema.Struct({ name: Schema.NonEmptyString, value: Schema.String }),
  Schema.Struct({
    name: Schema.NonEmptyString,
    valueFrom: Schema.Struct({
      secretKeyRef: Schema.Struct({ name: Schema.NonEmptyString, key: Schema.NonEmptyString })
    })
  })
])

const Container = Schema.Struct({
  name: Schema.NonEmptyString,
  image: Schema.NonEmptyString,
  args: Schema.NonEmptyArray(Schema.NonEmptyString),
  envFrom: Schema.optionalKey(
    Schema.Array(Schema.Struct({ configMapRef: Schema.Struct({ name: Schema.NonEmptyString }) }))
  ),
  env: Schema.Array(EnvVar),
  ports: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.NonEmptyString, containerPort: positive }))),
  startupProbe: Schema.optionalKey(Probe),
  livenessProbe: Schema.optionalKey(Probe),
  readinessProbe: Schema.optionalKey(Probe),
  lifecycle: Schema.optionalKey(
    Schema.Struct({ preStop: Schema.Struct({ sleep: Schema.Struct({ seconds: positive }) }) })
  ),
  resources: Schema.Struct({
    requests: Schema.Struct({ cpu: Quantity, memory: Quantity }),
    limits: Schema.Struct({ cpu: Quantity, memory: Quantity })
  }),
  securityContext: Schema.Struct({
    allowPrivilegeEscalation: Schema.Literal(false),
    readOnlyRootFilesystem: Schema.Literal(true),
    capabilities: Schema.Struct({ drop: Schema.Tuple([Schema.Literal("ALL")]) })
  }),
  volumeMounts: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString, mountPath: Schema.NonEmptyString }))
})

const PodSpec = Schema.Struct({
  automountServiceAccountToken: Schema.Literal(false),
  enableServiceLinks: Schema.Literal(false),
  terminationGracePeriodSeconds: positive,
  securityContext: Schema.Struct({
    runAsNonRoot: Schema.Literal(true),
    runAsUser: positive,
    runAsGroup: positive,
    fsGroup: positive,
    seccompProfile: Schema.Struct({ type: Schema.Literal("RuntimeDefault") })
  }),
  topologySpreadConstraints: Schema.optionalKey(Schema.Array(Schema.Struct({
    maxSkew: positive,
    topologyKey: Schema.NonEmptyString,
    whenUnsatisfiable: Schema.Literals(["ScheduleAnyway", "DoNotSchedule"]),
    labelSelector: Selector
  }))),
  containers: Schema.Tuple([Container]),
  volumes: Schema.Array(
    Schema.Struct({ name: Schema.NonEmptyString, emptyDir: Schema.Struct({ sizeLimit: Quantity }) })
  )
})
export type PodSpec = typeof PodSpec.Type

const Template = Schema.Struct({ metadata: Schema.Struct({ labels: Labels }), spec: PodSpec })

export const Deployment = Schema.Struct({
  ...head("apps/v1", "Deployment"),
  spec: Schema.Struct({
    replicas: Schema.optionalKey(positive),
    selector: Selector,
    strategy: Schema.Union([
      Schema.Struct({ type: Schema.Literal("Recreate") }),
      Schema.Struct({
        type: Schema.Literal("RollingUpdate"),
        rollingUpdate: Schema.Struct({ maxSurge: positive, maxUnavailable: Schema.Literal(0) })
      })
    ]),
    template: Template
  })
})
