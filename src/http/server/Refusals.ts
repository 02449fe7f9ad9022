/** Counts refusals of one kind in this process, and raises one warning and one alert for many of them. */
import { Clock, Duration, Effect } from "effect"
import type { Alerts } from "../../../services/Alerts.ts"
import type { RulesInForce } from "../../domain/AlertRule.ts"
import { alarmWindow } from "../../policy/alerts.ts"

interface RefusalOptions {
  readonly alerts: Alerts["Service"]
  readonly rule: "CALLBACKS_REFUSED" | "SIGN_INS_REFUSED"
  readonly rules: RulesInForce
  /** `count` refusals within this time, and the reason of the last one. */
  readonly describe: (count: number, within: string, reason: string) => string
}

export const makeRefusals = ({ alerts, describe, rule, rules }: RefusalOptions) => {
  const { enabled, threshold } = rules[rule]
  const window = Duration.toMillis(alarmWindow)
  let count = 0
  let windowEnds = 0
  let quietUntil = 0
  return Effect.fnUntraced(function*(reason: string) {
    const now = yield* Clock.currentTimeMillis
    if (now >= windowEnds) {
      count = 0
      windowEnds = now + window
    }
    count++
    if (!enabled || count < (threshold ?? 1) || now < quietUntil) return
    quietUntil = now + window
    const message = describe(count, Duration.format(alarmWindow), reason)
    yield* Effect.logWarning(message)
    yield* alerts.raise({ rule, subject: "", message }).pipe(
      Effect.catch((error) => Effect.logWarning("Could not raise an alert", error))
    )
  })
}
