/** What the schemas of several Kubernetes objects share. */
import { Schema } from "effect"

export const positive = Schema.Int.check(Schema.isGreaterThan(0))

/** `250m`, `1Gi`, `2` */
export const Quantity = Schema.String.check(Schema.isPattern(/^\d+(?:m|Ki|Mi|Gi)?$/))

export const Labels = Schema.Record(Schema.String, Schema.String)

export const Selector = Schema.Struct({ matchLabels: Labels })

export const head = <const V extends string, const K extends string>(apiVersion: V, kind: K) => ({
  apiVersion: Schema.Literal(apiVersion),
  kind: Schema.Literal(kind),
  metadata: Schema.Struct({ name: Schema.NonEmptyString })
})
