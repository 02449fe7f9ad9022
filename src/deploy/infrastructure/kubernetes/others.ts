/** The Kubernetes objects beside the workloads, and KEDA's, as far as we use them. */
import { Schema } from "effect"
import { head, Labels, positive, Selector } from "./parts.ts"

const Port = Schema.Union([positive, Schema.NonEmptyString])

export const Service = Schema.Struct({
  ...head("v1", "Service"),
  spec: Schema.Struct({
    selector: Labels,
    ports: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString, port: positive, targetPort: Port }))
  })
})

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const PodDisruptionBudget = Schema.Struct({
  ...head("policy/v1", "PodDisruptionBudget"),
  spec: Schema.Struct({
    minAvailable: Schema.optionalKey(count),
    maxUnavailable: Schema.optionalKey(count),
    unhealthyPodEvictionPolicy: Schema.Literal("AlwaysAllow"),
    selector: Selector
  })
})

const Peers = Schema.NonEmptyArray(Schema.Union([
  Schema.Struct({ namespaceSelector: Selector }),
  Schema.Struct({ podSelector: Selector }),
  Schema.Struct({
    ipBlock: Schema.Struct({ cidr: Schema.NonEmptyString, except: Schema.Array(Schema.NonEmptyString) })
  })
]))
const Ports = Schema.NonEmptyArray(Schema.Struct({ protocol: Schema.Literals(["TCP", "UDP"]), port: Port }))

export const NetworkPolicy = Schema.Struct({
  ...head("networking.k8s.io/v1", "NetworkPolicy"),
  spec: Schema.Struct({
    podSelector: Schema.Union([Selector, Schema.Struct({ matchLabels: Schema.optionalKey(Schema.Never) })]),
    policyTypes: Schema.NonEmptyArray(Schema.Literals(["Ingress", "Egress"])),
    ingress: Schema.optionalKey(Schema.Array(Schema.Struct({ from: Peers, ports: Ports }))),
    egress: Schema.optionalKey(Schema.Array(Schema.Struct({ to: Peers, ports: Ports })))
  })
})

export const TriggerAuthentication = Schema.Struct({
  ...head("keda.sh/v1alpha1", "TriggerAuthentication"),
  spec: Schema.Struct({
    secretTargetRef: Schema.Array(
      Schema.Struct({ parameter: Schema.NonEmptyString, name: Schema.NonEmptyString, key: Schema.NonEmptyString })
    )
  })
})

export const ScaledObject = Schema.Struct({
  ...head("keda.sh/v1alpha1", "ScaledObject"),
  spec: Schema.Struct({
    scaleTargetRef: Schema.Struct({ name: Schema.NonEmptyString }),
    minReplicaCount: positive,
    maxReplicaCount: positive,
    pollingInterval: positive,
    fallback: Schema.Struct({ failureThreshold: positive, replicas: positive }),
    advanced: Schema.Struct({
      horizontalPodAutoscalerConfig: Schema.Struct({
        behavior: Schema.Struct({
          scaleDown: Schema.Struct({
            stabilizationWindowSeconds: positive,
            policies: Schema.Array(
              Schema.Struct({ type: Schema.Literals(["Pods", "Percent"]), value: positive, periodSeconds: positive })
            )
          })
        })
      })
    }),
    triggers: Schema.Tuple([Schema.Struct({
      type: Schema.Literal("postgresql"),
      metricType: Schema.Literal("AverageValue"),
      metadata: Schema.Struct({ query: Schema.NonEmptyString, targetQueryValue: Schema.NonEmptyString }),
      authenticationRef: Schema.Struct({ name: Schema.NonEmptyString })
    })])
  })
})
