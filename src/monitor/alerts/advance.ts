/** The states of an alert: its next state from what was seen, without a clock or a database. */
import { DateTime, Duration, Option } from "effect"
import { alertRules, type RuleInForce, type RulesInForce } from "../../domain/AlertRule.ts"
import { alertKey, type Finding, type OpenAlert } from "../../domain/OpenAlert.ts"

/** `unknown`: the facts of its rule could not be read, or the rule is judged elsewhere. */
export type Sighting = Finding | "absent" | "unknown"

/** In whole seconds: rounds begin a few milliseconds early or late. */
const lasted = (since: DateTime.Utc, seconds: number, now: DateTime.Utc) =>
  Math.round(Duration.toSeconds(DateTime.distance(since, now))) >= seconds

/** The alert of a condition that was seen for the first time. */
export const begin = (finding: Finding, { hold }: RuleInForce, now: DateTime.Utc): OpenAlert => ({
  alertId: Option.none(),
  noticeId: Option.none(),
  rule: finding.rule,
  subject: finding.subject,
  key: alertKey(finding),
  code: finding.rule,
  severity: alertRules[finding.rule].severity,
  message: finding.message,
  count: 1,
  openedAt: now,
  firedAt: hold === 0 ? Option.some(now) : Option.none(),
  seenAt: now,
  clearSince: Option.none(),
  acknowledgedAt: Option.none(),
  silencedUntil: Option.none(),
  closedAt: Option.none(),
  settled: false,
  told: []
})

export const advance = (
  alert: OpenAlert,
  sighting: Sighting,
  { coolDown, hold }: RuleInForce,
  now: DateTime.Utc
): OpenAlert => {
  if (Option.isSome(alert.closedAt) || sighting === "unknown") return alert
  if (sighting === "absent") {
    const clearSince = Option.getOrElse(alert.clearSince, () => now)
    const over = Option.isNone(alert.firedAt) || lasted(clearSince, coolDown, now)
    return { ...alert, clearSince: Option.some(clearSince), closedAt: over ? Option.some(now) : Option.none() }
  }
  return {
    ...alert,
    message: sighting.message,
    count: alert.count + 1,
    seenAt: now,
    clearSince: Option.none(),
    firedAt: Option.orElse(
      alert.firedAt,
      () => lasted(alert.openedAt, hold, now) ? Option.some(now) : Option.none()
    )
  }
}

/** Raised by the process that saw it, which does not say when it is over: it ends when it was not raised for the cool-down. */
const endsByItself: ReadonlySet<string> = new Set(["CALLBACKS_REFUSED", "SIGN_INS_REFUSED"])

/** The process that closes the circuit records since when it is over. */
const endsOnceClear = "CIRCUIT_OPEN"

/** `judged`: the rules whose facts could be read. */
export const advanceAll = (
  open: ReadonlyArray<OpenAlert>,
  findings: ReadonlyArray<Finding>,
  judged: ReadonlySet<string>,
  rules: RulesInForce,
  now: DateTime.Utc
): ReadonlyArray<OpenAlert> => {
  const found = new Map(findings.filter(({ rule }) => rules[rule].enabled).map((each) => [alertKey(each), each]))
  const known = new Set(open.filter(({ closedAt }) => Option.isNone(closedAt)).map(({ key }) => key))
  const sightingOf = ({ clearSince, key, rule, seenAt }: OpenAlert): Sighting => {
    if (!rules[rule].enabled) return "absent"
    if (rule === endsOnceClear) return Option.isSome(clearSince) ? "absent" : "unknown"
    if (endsByItself.has(rule)) return lasted(seenAt, rules[rule].coolDown, now) ? "absent" : "unknown"
    return found.get(key) ?? (judged.has(rule) ? "absent" : "unknown")
  }
  return [
    ...open.map((alert) => {
      const rule = endsByItself.has(alert.rule) || !rules[alert.rule].enabled
        ? { ...rules[alert.rule], coolDown: 0 }
        : rules[alert.rule]
      return advance(alert, sightingOf(alert), rule, now)
    }),
    ...[...found.values()].filter((finding) => !known.has(alertKey(finding)))
      .map((finding) => begin(finding, rules[finding.rule], now))
  ]
}
