/** `pnpm monitor`: the dashboard, and the alerts. */
import { Effect, Layer } from "effect"
import { AlertPortsLater } from "../../layers/App/AlertPorts.ts"
import { AlertingLive } from "../process/alertingLayer.ts"
import { launch } from "../process/launch.ts"
import { MonitorLive } from "../process/monitorLayer.ts"
import { Settings } from "../settings/Settings.ts"

/** The embedded database belongs to one process, `pnpm start`. */
const Alerts = Layer.unwrap(Effect.map(Settings, ({ databaseUrl }) =>
  databaseUrl === undefined
    ? Layer.effectDiscard(
      Effect.logWarning("Without DATABASE_URL this monitor only shows the dashboard and evaluates no alert rules.")
    )
    : Layer.provide(AlertingLive, AlertPortsLater)))

if (import.meta.main) launch("accessa-monitor", Layer.merge(MonitorLive, Alerts))
