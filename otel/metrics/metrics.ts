/** The one table of metrics. Scrapes, pushes, docs/metrics.md and the tests are made from it. */
import { databaseMetrics } from "./database.ts"
import type { Bounded, MetricDefinition } from "./MetricDefinition.ts"
import { processMetrics } from "./process.ts"

export const metrics = { ...processMetrics, ...databaseMetrics }

type Table = typeof metrics
type MetricName = keyof Table
export type NameOf<T extends MetricDefinition["type"]> = {
  [N in MetricName]: Table[N] extends { readonly type: T } ? N : never
}[MetricName]

export type LabelsOf<N extends MetricName> =
  & { readonly [L in keyof Table[N]["labels"]]: ValueOf<Table[N]["labels"][L]> }
  & Readonly<Record<string, string>>
type ValueOf<V> = V extends ReadonlyArray<infer A> ? A : V extends Bounded ? string : never
