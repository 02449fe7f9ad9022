/** The monitor's configuration. */
import { Context } from "effect"
import type { MetricsAccess } from "../../../otel/metrics/endpoint.ts"

export class MonitorOptions extends Context.Service<MonitorOptions, {
  readonly apiUrl: URL
  readonly environment: string
  readonly providers: "mock" | "real"
  readonly version: string
  readonly metrics: MetricsAccess
}>()("accessa/monitor/MonitorOptions") {}
