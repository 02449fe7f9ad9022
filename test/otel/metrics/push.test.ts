import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Layer, Metric, Schema } from "effect"
import { pushMetrics } from "../../../otel/metrics/push.ts"
import { count, observe } from "../../../otel/metrics/record.ts"
import { busyStats } from "../../support/builders/busyStats.ts"
import { testApi } from "../../support/harness/TestApi.ts"
import { serveStub } from "../../support/stubs/HttpStub.ts"

const Attributes = Schema.Array(
  Schema.Struct({ key: Schema.String, value: Schema.Record(Schema.String, Schema.Unknown) })
)
const numbers = {
  dataPoints: Schema.Array(Schema.Struct({
    attributes: Attributes,
    asDouble: Schema.optionalKey(Schema.Finite),
    asInt: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.String]))
  }))
}
/** OTLP's ExportMetricsServiceRequest as JSON, as far as these tests look at it. */
const Request = Schema.fromJsonString(Schema.Struct({
  resourceMetrics: Schema.Array(Schema.Struct({
    resource: Schema.Struct({ attributes: Attributes }),
    scopeMetrics: Schema.Array(Schema.Struct({
      metrics: Schema.Array(Schema.Struct({
        name: Schema.String,
        description: Schema.optionalKey(Schema.String),
        gauge: Schema.optionalKey(Schema.Struct(numbers)),
        sum: Schema.optionalKey(Schema.Struct({
          ...numbers,
          isMonotonic: Schema.Boolean,
          /** 2: since the start of the process. */
          aggregationTemporality: Schema.Literal(2)
        })),
        histogram: Schema.optionalKey(Schema.Struct({
          dataPoints: Schema.Array(Schema.Struct({
            attributes: Attributes,
            count: Schema.Finite,
            bucketCounts: Schema.Array(Schema.Finite),
            explicitBounds: Schema.Array(Schema.Finite)
          }))
        }))
      }))
    }))
  }))
}))
const decode = Schema.decodeUnknownEffect(Request)

const every = Duration.millis(100)

/** The first request that has these metrics. */
const receive = Effect.fnUntraced(function*(...wanted: ReadonlyArray<string>) {
  const received = yield* Deferred.make<Buffer>()
  const url = yield* serveStub(({ body, headers, url: { pathname } }) => {
    const isOurs = pathname === "/collector/v1/metrics" && headers["x-key"] === "of the collector"
    if (isOurs && wanted.every((name) => body.includes(`"${name}"`))) {
      Deferred.doneUnsafe(received, Effect.succeed(body))
    }
    return { status: 200, body: "{}" }
  })
  yield* Layer.build(
    pushMetrics({
      url: new URL("collector", url),
      headers: { "x-key": "of the collector" },
      service: "accessa-test",
      version: "1.2.3",
      environment: "local",
      every
    })
  )
  const [request] = (yield* decode((yield* Deferred.await(received)).toString("utf8"))).resourceMetrics
  const metrics = request?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  return {
    resource: new Map(request?.resource.attributes.map(({ key, value }) => [key, value["stringValue"]])),
    metric: (name: string) => metrics.find((each) => each.name === name)
  }
})

const withRegistry = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.provideService(self, Metric.MetricRegistry, new Map())

describe("metrics for an OTLP collector", () => {
  it.live("metrics arrive at the collector's path with the process's name, their labels and buckets", () =>
    Effect.gen(function*() {
      yield* count("accessa_callbacks_total", { verdict: "recorded" }, 3)
      yield* observe("accessa_time_to_seconds", { milestone: "parsed" }, 3)
      const { metric, resource } = yield* receive("accessa_callbacks_total", "accessa_time_to_seconds")
      assert.strictEqual(resource.get("service.name"), "accessa-test")
      assert.strictEqual(resource.get("deployment.environment.name"), "local")
      assert.match(String(resource.get("service.instance.id")), /^[0-9a-f-]{36}$/)
      const callbacks = metric("accessa_callbacks_total")
      assert.strictEqual(
        callbacks?.description,
        "Callbacks of the parser by verdict; all but the first two are refused."
      )
      assert.isTrue(callbacks?.sum?.isMonotonic)
      assert.deepStrictEqual(callbacks?.sum?.dataPoints, [
        { attributes: [{ key: "verdict", value: { stringValue: "recorded" } }], asDouble: 3 }
      ])
      const [point] = metric("accessa_time_to_seconds")?.histogram?.dataPoints ?? []
      assert.strictEqual(point?.count, 1)
      assert.strictEqual(point?.bucketCounts[point.explicitBounds.indexOf(5)], 1)
    }).pipe(Effect.scoped, withRegistry))

  it.live("the API sends the facts of the database without being scraped", () =>
    Effect.gen(function*() {
      const stats = { read: Effect.succeed(busyStats), statements: Effect.succeedNone }
      yield* Layer.build(testApi({ pushedEvery: every, stats }))
      const { metric } = yield* receive("accessa_jobs_in_flight")
      assert.strictEqual(metric("accessa_jobs_in_flight")?.gauge?.dataPoints[0]?.asDouble, 11)
    }).pipe(Effect.scoped, withRegistry))
})
