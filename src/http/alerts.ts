/** Alerts, for operators. */
import { DateTime, Duration, Effect, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AlertChange, AlertChanged, Alerts } from "../../services/Alerts.ts"
import { AlertSinks } from "../../services/AlertSinks.ts"
import { AuditLog } from "../../services/AuditLog.ts"
import { Ids } from "../../services/Ids.ts"
import { Api } from "../api/Api.ts"
import { BadRequest, Conflict, NotFound } from "../api/Problem.ts"
import type { AlertId } from "../domain/Alert.ts"
import { alertRules } from "../domain/AlertRule.ts"
import { longestSilence } from "../policy/alerts.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { orMissing } from "./server/orMissing.ts"
import { sinksNamed, testSinks } from "./testSinks.ts"

export const AlertsLive = HttpApiBuilder.group(
  Api,
  "alerts",
  Effect.fnUntraced(function*(handlers) {
    const alerts = yield* Alerts
    const sinks = yield* AlertSinks
    const log = yield* AuditLog
    const ids = yield* Ids
    const { alertRules: inForce, installation } = yield* HttpOptions

    const change = Effect.fnUntraced(function*(id: AlertId, reason: string, change: AlertChange) {
      const changed = yield* alerts.change(id, change, { ...(yield* byCaller), reason })
      return yield* AlertChanged.$match(changed, {
        Changed: ({ alert }) => Effect.succeed(alert),
        Refused: ({ alert: { state } }) =>
          Effect.fail(
            new Conflict({
              code: "ALERT_NOT_OPEN",
              detail: `Alert ${id} is ${state}: it cannot be ${past[change._tag]}.`
            })
          ),
        Missing: () => Effect.fail(missing(id))
      })
    })

    return handlers.handleAll({
      list: handler("http.alerts.list", function*({ query: { which = "open", ...filter } }) {
        return { alerts: yield* alerts.list({ which, ...filter }), monitor: yield* alerts.monitor }
      }),
      rules: () =>
        Effect.succeed({
          rules: Struct.keys(alertRules).map((name) => {
            const { meaning, severity, title, unit } = alertRules[name]
            const { coolDown, enabled, hold, threshold } = inForce[name]
            return {
              name,
              severity,
              title,
              meaning,
              unit,
              threshold,
              enabled,
              forSeconds: hold,
              coolDownSeconds: coolDown
            }
          })
        }),
      test: handler("http.alerts.test", function*({ payload: { sink } }) {
        const chosen = yield* sinksNamed(sinks, sink)
        const by = yield* byCaller
        const entry = { userId: null, action: "alert.test", targetType: "sink", targetId: sink ?? "all" }
        // Before the notices, which may wake people.
        yield* log.record({ by, ...entry })
        return { results: yield* testSinks(chosen, { id: yield* ids.uuid, actor: by.actor }, installation.environment) }
      }),
      get: handler("http.alerts.get", function*({ params: { alert_id } }) {
        return yield* orMissing(yield* alerts.find(alert_id), () => missing(alert_id))
      }),
      acknowledge: handler("http.alerts.acknowledge", function*({ params: { alert_id }, payload: { reason } }) {
        return yield* change(alert_id, reason, AlertChange.Acknowledge())
      }),
      silence: handler("http.alerts.silence", function*({ params: { alert_id }, payload: { reason, until } }) {
        return yield* change(alert_id, reason, AlertChange.Silence({ until: yield* anEnd(until) }))
      }),
      unsilence: handler("http.alerts.unsilence", function*({ params: { alert_id }, payload: { reason } }) {
        return yield* change(alert_id, reason, AlertChange.Unsilence())
      })
    })
  })
)

const past = { Acknowledge: "acknowledged", Silence: "silenced", Unsilence: "unsilenced" } as const

const anEnd = Effect.fnUntraced(function*(until: DateTime.Utc | null | undefined) {
  if (until === null || until === undefined) {
    return yield* wrongEnd("A silence needs an end: send `until`, such as 2026-12-01T08:00:00Z.")
  }
  const now = yield* DateTime.now
  if (DateTime.isLessThanOrEqualTo(until, now)) {
    return yield* wrongEnd(`The silence cannot end in the past, at ${DateTime.formatIso(until)}.`)
  }
  if (DateTime.isGreaterThan(until, DateTime.addDuration(now, longestSilence))) {
    return yield* wrongEnd(`A silence lasts at most ${Duration.format(longestSilence)}: silence the alert again later.`)
  }
  return until
})

const wrongEnd = (detail: string) =>
  new BadRequest({ code: "SILENCE_WITHOUT_END", detail, errors: [{ pointer: "/payload/until", detail }] })

const missing = (id: AlertId) => new NotFound({ code: "ALERT_NOT_FOUND", detail: `There is no alert ${id}.` })
