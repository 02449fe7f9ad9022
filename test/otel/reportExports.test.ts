import { assert, it } from "@effect/vitest"
import { tracing } from "@opentelemetry/sdk-node"
import { Effect, Logger } from "effect"
import { reportExports } from "../../otel/spans/reportExports.ts"

it.effect("a collector that takes no spans is named once, and once more when it takes them again", () =>
  Effect.gen(function*() {
    const said: Array<unknown> = []
    const refusal = new Error("connect ECONNREFUSED 10.0.0.1:4318")
    const results = [{ code: 0 }, { code: 1, error: refusal }, { code: 1, error: refusal }, { code: 0 }, { code: 0 }]
    const inner = new tracing.InMemorySpanExporter()
    inner.export = (_spans, done) => done(results.shift() ?? { code: 0 })
    const exporter = (yield* reportExports(new URL("http://user:secret@collector:4318/v1/traces")).pipe(
      Effect.provide(Logger.layer([Logger.make(({ message }) => void said.push(message))]))
    ))(inner)
    for (let n = 0; n < 5; n++) exporter.export([], () => {})
    yield* Effect.yieldNow
    assert.deepStrictEqual(said, [
      [
        "The OTLP collector at http://collector:4318 does not accept spans (connect ECONNREFUSED 10.0.0.1:4318). Spans are lost until it "
        + "does. Check OTEL_EXPORTER_OTLP_ENDPOINT."
      ],
      ["The OTLP collector at http://collector:4318 accepts spans again."]
    ])
  }))
