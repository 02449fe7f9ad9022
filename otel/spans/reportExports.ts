/** Says once when the collector no longer takes spans, and once when it takes them again. */
import type { tracing } from "@opentelemetry/sdk-node"
import { Effect } from "effect"

export const reportExports = (url: URL) =>
  Effect.map(Effect.context<never>(), (context) => {
    const run = Effect.runForkWith(context)
    let failing = false
    return (exporter: tracing.SpanExporter): tracing.SpanExporter => ({
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          const failed = result.code !== 0
          if (failed !== failing) {
            failing = failed
            run(failed ? Effect.logWarning(refused(url, result.error)) : Effect.logInfo(accepted(url)))
          }
          done(result)
        }),
      shutdown: () => exporter.shutdown(),
      forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve()
    })
  })

const refused = ({ origin }: URL, error: Error | undefined): string =>
  `The OTLP collector at ${origin} does not accept spans (${
    reasonOf(error)
  }). Spans are lost until it does. Check OTEL_EXPORTER_OTLP_ENDPOINT.`
const accepted = ({ origin }: URL): string => `The OTLP collector at ${origin} accepts spans again.`

/** Node's error over several addresses (`localhost`) has a code and no message. */
const reasonOf = (error: Error | undefined): string =>
  error === undefined
    ? "no reason known"
    : error.message === "" && "code" in error
    ? String(error.code)
    : error.message
