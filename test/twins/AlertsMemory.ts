/** Alerts without a database, on the test's clock. */
import { Clock, DateTime, Effect, Layer, Option } from "effect"
import { AlertChange, AlertChanged, Alerts } from "../../services/Alerts.ts"
import { type Alert, type AlertEvent, AlertId } from "../../src/domain/Alert.ts"
import { type AlertRuleName, alertRules } from "../../src/domain/AlertRule.ts"

/** The port, and what the circuits do with alerts. */
export const makeAlerts = () => {
  let alerts: ReadonlyArray<Alert> = []
  let events: ReadonlyArray<AlertEvent & { readonly alertId: number }> = []
  const now = Effect.map(Clock.currentTimeMillis, (millis) => DateTime.makeUnsafe(millis))

  const shown = (alert: Alert, at: DateTime.Utc): Alert => {
    const silencedUntil = Option.filter(alert.silencedUntil, DateTime.isGreaterThan(at))
    const state = Option.isSome(alert.closedAt)
      ? "resolved"
      : Option.isSome(silencedUntil)
      ? "silenced"
      : Option.isSome(alert.acknowledgedAt)
      ? "acknowledged"
      : "firing"
    return { ...alert, silencedUntil, state }
  }
  const write = (alert: Alert, type: AlertEvent["type"], at: DateTime.Utc) => {
    alerts = [...alerts.filter(({ alertId }) => alertId !== alert.alertId), alert]
    const { alertId, changedBy: actor, changeReason: reason, silencedUntil } = alert
    events = [...events, { alertId, eventId: events.length + 1, at, type, actor, reason, silencedUntil }]
  }
  const raiseAs = (alert: Pick<Alert, "key" | "subject" | "code" | "message"> & { readonly rule: AlertRuleName }) =>
    Effect.map(now, (at) => {
      const open = alerts.find(({ closedAt, key }) => key === alert.key && Option.isNone(closedAt))
      if (open !== undefined) {
        const seen = { ...open, message: alert.message, count: open.count + 1, seenAt: at }
        alerts = alerts.map((each) => each === open ? seen : each)
        return
      }
      write(
        {
          ...alert,
          alertId: AlertId.make(alerts.length + 1),
          severity: alertRules[alert.rule].severity,
          state: "firing",
          count: 1,
          openedAt: at,
          firedAt: Option.some(at),
          seenAt: at,
          acknowledgedAt: Option.none(),
          silencedUntil: Option.none(),
          closedAt: Option.none(),
          changedBy: "service",
          changeReason: Option.none(),
          level: Option.none()
        },
        "firing",
        at
      )
    })

  return {
    alerts: Alerts.of({
      raise: ({ message, rule, subject }) =>
        raiseAs({ key: subject === "" ? rule : `${rule}:${subject}`, rule, subject, code: rule, message }),
      list: ({ rule, severity, state, which }) =>
        Effect.map(
          now,
          (at) =>
            alerts.map((alert) => shown(alert, at)).toSorted((a, b) => b.alertId - a.alertId).filter((alert) =>
              (state === undefined ? which === "all" || alert.state !== "resolved" : alert.state === state) &&
              (rule === undefined || alert.rule === rule) && (severity === undefined || alert.severity === severity)
            )
        ),
      find: (id) =>
        Effect.map(
          now,
          (at) =>
            Option.map(Option.fromNullishOr(alerts.find(({ alertId }) => alertId === id)), (alert) => ({
              alert: shown(alert, at),
              events: events.filter(({ alertId }) => alertId === id),
              deliveries: []
            }))
        ),
      change: (id, change, by) =>
        Effect.map(now, (at) => {
          const found = alerts.find(({ alertId }) => alertId === id)
          if (found === undefined) return AlertChanged.Missing()
          if (Option.isSome(found.closedAt)) return AlertChanged.Refused({ alert: shown(found, at) })
          const changed = { ...found, changedBy: by.actor, changeReason: Option.fromNullishOr(by.reason) }
          AlertChange.$match(change, {
            Acknowledge: () => {
              if (Option.isSome(found.acknowledgedAt)) return
              write({ ...changed, acknowledgedAt: Option.some(at) }, "acknowledged", at)
            },
            Silence: ({ until }) => write({ ...changed, silencedUntil: Option.some(until) }, "silenced", at),
            Unsilence: () => {
              if (Option.isNone(found.silencedUntil)) return
              write({ ...changed, silencedUntil: Option.none() }, "unsilenced", at)
            }
          })
          return AlertChanged.Changed({ alert: shown(alerts.find(({ alertId }) => alertId === id) ?? found, at) })
        }),
      monitor: Effect.succeed(Option.none())
    }),
    raiseAs,
    closeOf: (dependency: string) =>
      Effect.map(now, (at) => {
        for (const alert of alerts) {
          if (Option.isSome(alert.closedAt) || !alert.key.startsWith(`${dependency}:`)) continue
          write({ ...alert, closedAt: Option.some(at) }, "resolved", at)
        }
      })
  }
}

export const AlertsMemory = Layer.sync(Alerts, () => makeAlerts().alerts)
