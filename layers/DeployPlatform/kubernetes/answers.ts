/** What `kubectl get` answers, as far as it is used here. */
import { Schema } from "effect"

export const Deployment = Schema.Struct({
  metadata: Schema.Struct({ name: Schema.String, generation: Schema.Int }),
  spec: Schema.Struct({
    replicas: Schema.Int,
    selector: Schema.Struct({ matchLabels: Schema.Record(Schema.String, Schema.String) }),
    template: Schema.Struct({
      spec: Schema.Struct({ containers: Schema.Array(Schema.Struct({ name: Schema.String, image: Schema.String })) })
    })
  }),
  /** Counts that are 0 are left out. */
  status: Schema.Struct({
    observedGeneration: Schema.optionalKey(Schema.Int),
    replicas: Schema.optionalKey(Schema.Int),
    updatedReplicas: Schema.optionalKey(Schema.Int),
    availableReplicas: Schema.optionalKey(Schema.Int),
    conditions: Schema.optionalKey(
      Schema.Array(Schema.Struct({ type: Schema.String, reason: Schema.optionalKey(Schema.String) }))
    )
  })
})
export type Deployment = typeof Deployment.Type

const Waiting = Schema.Struct({
  waiting: Schema.optionalKey(Schema.Struct({ reason: Schema.optionalKey(Schema.String) }))
})

export const Pods = Schema.Struct({
  items: Schema.Array(Schema.Struct({
    spec: Schema.Struct({ containers: Schema.Array(Schema.Struct({ image: Schema.String })) }),
    status: Schema.Struct({ containerStatuses: Schema.optionalKey(Schema.Array(Schema.Struct({ state: Waiting }))) })
  }))
})
export type Pods = typeof Pods.Type

/** Values are base64. */
export const Secret = Schema.Struct({
  metadata: Schema.Struct({ resourceVersion: Schema.String }),
  data: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})
