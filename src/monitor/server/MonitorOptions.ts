/** The monitor's configuration. */
import { Context } from "effect"

export class MonitorOptions extends Context.Service<MonitorOptions, {
  readonly apiUrl: URL
  readonly environment: string
  readonly providers: "mock" | "real"
  readonly version: string
  /** Contains `{trace_id}`; empty: no links to traces. */
  readonly traceUrl: string
}>()("accessa/monitor/MonitorOptions") {}
