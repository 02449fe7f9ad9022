/** Counting and measuring by the table's names. The values are Effect's, in the registry of the fiber's context. */
import { type Context, Effect, type Exit, Metric, Struct } from "effect"
import { type Exposer, type MetricDefinition, mostSeries, seriesOf } from "./MetricDefinition.ts"
import { type LabelsOf, metrics, type NameOf } from "./metrics.ts"

type Labels = Readonly<Record<string, string>>

/** One object for each series: making it anew for each event would cost more than counting. */
const remembered = <A>(make: (name: string, definition: MetricDefinition, labels: Labels) => A) => {
  const known = new Map<string, A>()
  return (name: keyof typeof metrics, labels: Labels): A => {
    const key = `${name} ${Object.values(labels).join(" ")}`
    const found = known.get(key) ?? make(name, metrics[name], labels)
    known.set(key, found)
    return found
  }
}

const counterOf = remembered((name, { help }, attributes) =>
  Metric.counter(name, { description: help, attributes, incremental: true })
)
const gaugeOf = remembered((name, { help }, attributes) => Metric.gauge(name, { description: help, attributes }))
const histogramOf = remembered((name, { buckets = [], help }, attributes) =>
  Metric.histogram(name, { description: help, attributes, boundaries: buckets })
)

export const count = <N extends NameOf<"counter">>(name: N, labels: LabelsOf<N>, by = 1): Effect.Effect<void> =>
  recordAll((record) => record.count(name, labels, by))

export const setGauge = <N extends NameOf<"gauge">>(name: N, labels: LabelsOf<N>, value: number): Effect.Effect<void> =>
  Metric.update(gaugeOf(name, labels), value)

/** 0 if it was never set. */
export const gaugeValue = <N extends NameOf<"gauge">>(name: N, labels: LabelsOf<N>): Effect.Effect<number> =>
  Effect.map(Metric.value(gaugeOf(name, labels)), ({ value }) => value)

export const addToGauge = <N extends NameOf<"gauge">>(name: N, labels: LabelsOf<N>, by: number): Effect.Effect<void> =>
  recordAll((record) => record.add(name, labels, by))

export const observe = <N extends NameOf<"histogram">>(name: N, labels: LabelsOf<N>, value: number) =>
  recordAll((record) => record.observe(name, labels, value))

interface Recorder {
  readonly count: <N extends NameOf<"counter">>(name: N, labels: LabelsOf<N>, by?: number) => void
  readonly observe: <N extends NameOf<"histogram">>(name: N, labels: LabelsOf<N>, value: number) => void
  /** To a gauge. */
  readonly add: <N extends NameOf<"gauge">>(name: N, labels: LabelsOf<N>, by: number) => void
}

/** Many events in one effect. */
export const recordAll = (events: (record: Recorder) => void): Effect.Effect<void> =>
  Effect.withFiber(({ context }) => {
    events({
      count: (name, labels, by = 1) => counterOf(name, labels).updateUnsafe(by, context),
      observe: (name, labels, value) => histogramOf(name, labels).updateUnsafe(value, context),
      add: (name, labels, by) => gaugeOf(name, labels).modifyUnsafe(by, context)
    })
    return Effect.void
  })

/** Measures the seconds until the effect ends. */
export const timed = <N extends NameOf<"histogram">, A, E>(
  name: N,
  labels: (exit: Exit.Exit<A, E>) => LabelsOf<N>
) =>
<R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => {
    const start = clock.currentTimeNanosUnsafe()
    return Effect.onExit(
      self,
      (exit) => observe(name, labels(exit), Number(clock.currentTimeNanosUnsafe() - start) / 1e9)
    )
  })

/** A value that is asked for whenever the metrics are read, until it is removed. */
export const registerGauge = <N extends NameOf<"gauge">>(
  name: N,
  labels: LabelsOf<N>,
  value: () => number,
  context: Context.Context<never>
): Metric.Registration =>
  Metric.registerUnsafe(gaugeOf(name, labels), context, { get: () => ({ value: value() }), update, modify: update })

export const registerCounter = <N extends NameOf<"counter">>(
  name: N,
  labels: LabelsOf<N>,
  value: () => number,
  context: Context.Context<never>
): Metric.Registration =>
  Metric.registerUnsafe(counterOf(name, labels), context, {
    get: () => ({ count: value(), incremental: true }),
    update,
    modify: update
  })

const update = () => {}

/** Gauges that are read for as long as the scope lives. */
export const gauges = <N extends NameOf<"gauge">>(
  ...read: ReadonlyArray<readonly [name: N, labels: LabelsOf<N>, value: () => number]>
) =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.acquireRelease(
      Effect.sync(() => read.map(([name, labels, value]) => registerGauge(name, labels, value, context))),
      (all) => Effect.sync(() => all.forEach(({ remove }) => remove()))
    )
  )

/** Counters start at 0, so that the first event is a rise and a missing series is a fault. */
export const startAtZero = (exposer: Exposer): Effect.Effect<void> =>
  Effect.forEach(Struct.keys(metrics), (name) => {
    const definition: MetricDefinition = metrics[name]
    if (!definition.by.includes(exposer) || definition.type === "gauge") return Effect.void
    const linesOfEach = definition.type === "counter" ? 1 : (definition.buckets?.length ?? 0) + 3
    if (mostSeries(definition) * linesOfEach > mostZeros) return Effect.void
    return Effect.forEach(
      seriesOf(definition),
      (labels) =>
        definition.type === "counter"
          ? Effect.asVoid(Metric.value(counterOf(name, labels)))
          : Effect.asVoid(Metric.value(histogramOf(name, labels))),
      { discard: true }
    )
  }, { discard: true })

/** Lines. A metric with more series than fit appears with its first event. */
const mostZeros = 400
