/** What goes to an OTLP collector: `<url>/v1/traces` and `<url>/v1/logs`. */
import { Effect } from "effect"
import { openOtlpLogs } from "./logs/otlpLogs.ts"
import { type TraceOptions, traces } from "./traces.ts"

export const openCollector = (options: TraceOptions) =>
  Effect.map(openOtlpLogs({ ...options, url: at(options.url, "v1/logs") }), (send) => ({
    send,
    traces: traces({ ...options, url: at(options.url, "v1/traces") })
  }))

const at = (url: URL, path: string): URL => new URL(path, url.href.endsWith("/") ? url : `${url.href}/`)
