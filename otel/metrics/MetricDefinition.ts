/** What the table of metrics says of each: its type, its meaning, who exposes it, and every value that its labels can take. */

/** `once`: a fact of the database, which every API process gives alike. */
export type Exposer = "api" | "worker" | "monitor" | "once"

/** Values that are not listed here, but that the exposing code keeps to this number. */
export interface Bounded {
  readonly what: string
  readonly atMost: number
}

export type LabelValues = ReadonlyArray<string> | Bounded

export interface MetricDefinition {
  readonly type: "counter" | "gauge" | "histogram"
  readonly by: ReadonlyArray<Exposer>
  readonly help: string
  readonly labels: Readonly<Record<string, LabelValues>>
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: ReadonlyArray<number>
  /** The combinations of labels that occur, where these are fewer than all. */
  readonly series?: ReadonlyArray<Readonly<Record<string, string>>>
}

export const isBounded = (values: LabelValues): values is Bounded => "atMost" in values

/** How many series a metric has at most. */
export const mostSeries = ({ labels, series }: MetricDefinition): number =>
  series?.length
    ?? Object.values(labels).reduce(
      (product, values) => product * (isBounded(values) ? values.atMost : values.length),
      1
    )

/** Every combination of labels; none if a label's values are not listed. */
export const seriesOf = ({ labels, series }: MetricDefinition): ReadonlyArray<Readonly<Record<string, string>>> =>
  series ?? Object.entries(labels).reduce<ReadonlyArray<Readonly<Record<string, string>>>>(
    (all, [label, values]) =>
      isBounded(values) ? [] : all.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}]
  )
