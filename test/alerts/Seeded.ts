/**
 * A failure that is caused on a stack of real processes. Its alert has to fire within the documented time, name the cause on
 * the overview, reach a sink, and resolve without help once the failure is repaired.
 */
import { Clock, Duration, Effect, Result, Schema } from "effect"
import { type AlertRuleName, alertRules, defaultRules, type RuleInForce } from "../../src/domain/AlertRule.ts"
import { readAlertRules } from "../../src/settings/alertRules.ts"
import { callers } from "../faults/api.ts"
import type { Case, CaseServices } from "../faults/Case.ts"
import { eventually, must } from "../faults/judge.ts"
import type { Settings } from "../faults/World.ts"
import { watchAlerts } from "./AlertWatch.ts"

interface Failure {
  /** Ends when the condition that the rule judges holds. */
  readonly cause: Effect.Effect<void, unknown, CaseServices>
  readonly repair: Effect.Effect<void, unknown, CaseServices>
}

export interface Seeded extends Pick<Case, "id" | "title" | "needs" | "minutes"> {
  readonly rule: AlertRuleName
  /** `ALERT_RULES` in addition to short times for every rule. */
  readonly rules?: string
  /** The rule's threshold is a time, but nothing has to pass before the condition holds. */
  readonly atOnce?: boolean
  /** What the overview says of the cause. */
  readonly names: RegExp
  /** Starts the processes with these settings. */
  readonly prepare: (settings: Settings) => Effect.Effect<Failure, unknown, CaseServices>
}

const interval = 1
const short = "* for=1s cooldown=1s"
/** A busy machine is late; the figures are printed. */
const allowance = 8

/** From the cause to the notice, in seconds, as docs/alerts.md has it. */
const documented = (rule: AlertRuleName, { hold, threshold }: RuleInForce, every: number, atOnce: boolean): number =>
  (alertRules[rule].unit.startsWith("seconds") && !atOnce ? threshold ?? 0 : 0) + hold + every

export const seeded = ({ atOnce = false, names, prepare, rule, rules = "", ...rest }: Seeded): Case => {
  const given = rules === "" ? short : `${short}; ${rules}`
  const inForce = Result.getOrThrow(readAlertRules(given))[rule]
  const within = documented(rule, inForce, interval, atOnce)
  const usually = Duration.format(Duration.seconds(documented(rule, defaultRules[rule], 10, atOnce)))
  return {
    ...rest,
    expected:
      `${rule} fires within ${within} s (by default within ${usually}), names the cause on the overview, reaches the `
      + "webhook, and resolves after the repair.",
    run: Effect.gen(function*() {
      const watch = yield* watchAlerts
      const { cause, repair } = yield* prepare({
        ...watch.settings,
        ALERT_RULES: given,
        ALERT_INTERVAL_SECONDS: String(interval)
      })
      yield* cause
      const broken = yield* Clock.currentTimeMillis
      const fired = yield* watch.untilNotice(rule, "firing", Duration.seconds(within + 60))
      const after = (fired.at - broken) / 1_000
      const shown = yield* eventually(
        onOverview(rule),
        (messages) => messages.some((message) => names.test(message)),
        (messages) => `The overview says of ${rule}: ${messages.join(" ") || "nothing"}`,
        "10 seconds"
      )
      yield* repair
      const repaired = yield* Clock.currentTimeMillis
      const resolved = yield* watch.untilNotice(rule, "resolved", "8 minutes")
      yield* must(resolved.notice.alert_id === fired.notice.alert_id, "The resolved notice is about another alert.")
      yield* eventually(
        onOverview(rule),
        ({ length }) => length === 0,
        (messages) => `The overview still says: ${messages.join(" ")}`,
        "10 seconds"
      )
      yield* must(after <= within + allowance, `${rule} fired after ${after.toFixed(1)} s instead of ${within} s.`)
      return `${rule} fired after ${after.toFixed(1)} s: "${shown.find((message) => names.test(message))}" Resolved ${
        ((resolved.at - repaired) / 1_000).toFixed(1)
      } s after the repair.`
    })
  }
}

const decodeOverview = Schema.decodeUnknownEffect(Schema.Struct({
  alerts: Schema.Array(Schema.Struct({ rule: Schema.String, message: Schema.String }))
}))

/** What the overview's open alerts say about a rule. While the API is not there, nothing. */
const onOverview = (rule: AlertRuleName) =>
  Effect.gen(function*() {
    const { ask } = yield* callers
    const { alerts } = yield* Effect.flatMap(ask("/api/v1/overview"), ({ body }) => decodeOverview(body))
    return alerts.filter((alert) => alert.rule === rule).map(({ message }) => message)
  })
