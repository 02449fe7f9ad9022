import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { isBounded, type MetricDefinition, mostSeries, seriesOf } from "../../../otel/metrics/MetricDefinition.ts"
import { metrics } from "../../../otel/metrics/metrics.ts"
import { count, observe, setGauge, startAtZero, timed } from "../../../otel/metrics/record.ts"

const table: ReadonlyArray<readonly [string, MetricDefinition]> = Object.entries(metrics)

/** The value of a series, in the registry that the effect wrote to. */
const written = <A, E>(write: Effect.Effect<A, E>) =>
  Effect.andThen(Effect.exit(write), Metric.snapshot).pipe(
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

describe("the table of metrics", () => {
  it("no metric has a label that could take the id of a user, document, job or worker", () => {
    for (const [name, { labels }] of table) {
      for (const [label, values] of Object.entries(labels)) {
        assert.notMatch(label, /(^|_)(id|user|document|job|key|file|path|url|correlation|trace|host)($|_)/u, name)
        if (isBounded(values)) assert.isAtMost(values.atMost, 100, name)
        else assert.notInclude(values, "", name)
      }
    }
  })

  it("all metrics together have at most 3,000 series", () => {
    const all = table.map(([, definition]) => mostSeries(definition))
    assert.isBelow(all.reduce((sum, series) => sum + series, 0), 3_000)
  })

  it("metrics are named as Prometheus wants them", () => {
    for (const [name, { buckets, help, labels, type }] of table) {
      assert.match(name, /^(accessa|process|nodejs)_[a-z_]+$/u)
      assert.strictEqual(name.endsWith("_total"), type === "counter", name)
      assert.strictEqual(buckets !== undefined, type === "histogram", name)
      assert.match(help, /^\S.*\.$/u, name)
      assert.notMatch(name, /(milliseconds|minutes|_ms|_mb)/u)
      // Effect's exporter leaves the last two out.
      for (const reserved of ["le", "unit", "time_unit"]) assert.notProperty(labels, reserved, name)
      assert.deepStrictEqual(buckets, buckets?.toSorted((a, b) => a - b), name)
    }
  })
})

describe("recording a metric", () => {
  it.effect("adds to the series of these labels alone", () =>
    Effect.gen(function*() {
      const found = yield* written(Effect.gen(function*() {
        yield* count("accessa_callbacks_total", { verdict: "recorded" })
        yield* count("accessa_callbacks_total", { verdict: "recorded" }, 2)
        yield* count("accessa_callbacks_total", { verdict: "age" })
        yield* setGauge("accessa_worker_slots", {}, 8)
      }))
      const values = found.map(({ attributes, id, state }) => ({ id, attributes, state }))
      assert.deepInclude(values, {
        id: "accessa_callbacks_total",
        attributes: { verdict: "recorded" },
        state: { count: 3, incremental: true }
      })
      assert.deepInclude(values, {
        id: "accessa_callbacks_total",
        attributes: { verdict: "age" },
        state: { count: 1, incremental: true }
      })
      assert.deepInclude(values, { id: "accessa_worker_slots", attributes: {}, state: { value: 8 } })
    }))

  it.effect("measures a failed effect as well, with the labels of its end", () =>
    Effect.gen(function*() {
      const found = yield* written(
        Effect.fail("no").pipe(
          timed("accessa_database_call_seconds", () => ({ outcome: "failed" as const }))
        )
      )
      assert.deepStrictEqual(found.map(({ attributes }) => attributes), [{ outcome: "failed" }])
    }))

  it.effect("starts the counters of a process at 0, and no gauge and no counter of another process", () =>
    Effect.gen(function*() {
      const found = yield* written(startAtZero("worker"))
      const names = new Set(found.map(({ id }) => id))
      assert.isTrue(names.has("accessa_stale_writes_total"))
      assert.isFalse(names.has("accessa_provider_rate_remaining"))
      assert.isFalse(names.has("accessa_callbacks_total"))
      const moves = found.filter(({ id }) => id === "accessa_job_moves_total")
      assert.lengthOf(moves, seriesOf(metrics.accessa_job_moves_total).length)
    }))

  it.effect("puts a value into the first bucket that holds it", () =>
    Effect.gen(function*() {
      const [found] = yield* written(observe("accessa_time_to_seconds", { milestone: "parsed" }, 3))
      assert(found?.type === "Histogram")
      assert.deepStrictEqual(found.state.buckets.slice(0, 4), [[0.5, 0], [1, 0], [2.5, 0], [5, 1]])
    }))
})
