/** Alerts without a database, on the test's clock. */
import { Clock, DateTime, Effect, Layer } from "effect"
import { type Alert, Alerts } from "../../services/Alerts.ts"

export const AlertsMemory = Layer.sync(Alerts, () => {
  const alerts = new Map<string, Alert>()
  return Alerts.of({
    raise: ({ code, key, message }) =>
      Effect.map(Clock.currentTimeMillis, (millis) => {
        const at = DateTime.makeUnsafe(millis)
        const count = (alerts.get(key)?.count ?? 0) + 1
        alerts.set(key, { alertId: alerts.size, key, code, message, count, openedAt: at, seenAt: at, closedAt: null })
      }),
    list: () => Effect.sync(() => [...alerts.values()])
  })
})
