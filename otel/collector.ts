/** What goes to an OTLP collector: `<url>/v1/traces` and `<url>/v1/logs`. */
import { Effect } from "effect"
import { openOtlpLogs } from "./logs/otlpLogs.ts"
import { signalUrl } from "./signalUrl.ts"
import { type TraceOptions, traces } from "./traces.ts"

export const openCollector = (options: TraceOptions) =>
  Effect.map(openOtlpLogs({ ...options, url: signalUrl(options.url, "logs") }), (send) => ({
    send,
    traces: traces({ ...options, url: signalUrl(options.url, "traces") })
  }))
