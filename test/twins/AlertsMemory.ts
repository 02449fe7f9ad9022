/** Alerts without a database, on the test's clock. */
import { Clock, DateTime, Effect, Layer } from "effect"
import { type Alert, Alerts } from "../../services/Alerts.ts"

/** The port, and what closes alerts: that is the circuits' affair. */
export const makeAlerts = () => {
  let alerts: ReadonlyArray<Alert> = []
  const now = Effect.map(Clock.currentTimeMillis, (millis) => DateTime.makeUnsafe(millis))
  return {
    alerts: Alerts.of({
      raise: ({ code, key, message }) =>
        Effect.map(now, (at) => {
          const open = alerts.find((alert) => alert.key === key && alert.closedAt === null)
          alerts = open === undefined
            ? [
              { alertId: alerts.length, key, code, message, count: 1, openedAt: at, seenAt: at, closedAt: null },
              ...alerts
            ]
            : alerts.map((alert) => alert === open ? { ...open, message, count: open.count + 1, seenAt: at } : alert)
        }),
      list: (which) => Effect.sync(() => alerts.filter(({ closedAt }) => which === "all" || closedAt === null))
    }),
    closeOf: (dependency: string) =>
      Effect.map(now, (at) => {
        alerts = alerts.map((alert) =>
          alert.closedAt === null && alert.key.startsWith(`${dependency}:`) ? { ...alert, closedAt: at } : alert
        )
      })
  }
}

export const AlertsMemory = Layer.sync(Alerts, () => makeAlerts().alerts)
