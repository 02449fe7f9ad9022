/** What the monitor is told by its settings. */
import { Context } from "effect"

export class MonitorOptions extends Context.Service<MonitorOptions, {
  readonly apiUrl: URL
  readonly environment: string
  readonly providers: "mock" | "real"
  readonly version: string
  /** With `{trace_id}` in it; empty: no links to traces. */
  readonly traceUrl: string
}>()("accessa/monitor/MonitorOptions") {}
