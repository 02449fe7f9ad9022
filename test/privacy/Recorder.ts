/** Everything a process emits: its log in both formats, and its spans as they would be exported. */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { tracing } from "@opentelemetry/sdk-node"
import { Console, Context, Effect, Layer, Logger, Option, References } from "effect"
import { Console as NodeConsole } from "node:console"
import { Writable } from "node:stream"
import { makeLogger } from "../../otel/logs/logger.ts"

export class Recorder extends Context.Service<Recorder, {
  readonly lines: Effect.Effect<string>
  /** Names, attributes, events and statuses. */
  readonly spans: Effect.Effect<string>
}>()("accessa/test/Recorder") {
  static readonly layer = Layer.unwrap(Effect.sync(() => {
    const parts: Array<string> = []
    const sink = new Writable({
      write: (part, _, done) => {
        parts.push(String(part))
        done()
      }
    })
    const exporter = new tracing.InMemorySpanExporter()
    const spans = () =>
      exporter.getFinishedSpans().map(({ attributes, events, links, name, resource, status }) => ({
        name,
        attributes,
        events,
        status,
        links,
        resource: resource.attributes
      }))
    return Layer.mergeAll(
      Layer.succeed(Recorder, {
        lines: Effect.sync(() => parts.join("")),
        spans: Effect.sync(() => JSON.stringify(spans()))
      }),
      Layer.succeed(Console.Console, new NodeConsole({ stdout: sink, stderr: sink })),
      Logger.layer(
        (["json", "pretty"] as const).map((format) =>
          makeLogger({
            service: "test",
            format,
            isColoured: false,
            output: "stdout",
            file: Option.none(),
            send: Option.none()
          })
        )
      ),
      Layer.succeed(References.MinimumLogLevel, "All"),
      NodeSdk.layer(() => ({
        resource: { serviceName: "test" },
        spanProcessor: new tracing.SimpleSpanProcessor(exporter)
      }))
    )
  }))
}
