/** The states of an alert and its notices under any sequence of sightings, operators' changes and pauses. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Option, Schema } from "effect"
import type { AlertSinkName } from "../../../src/domain/AlertNotice.ts"
import { type AlertRuleName, defaultRules } from "../../../src/domain/AlertRule.ts"
import type { Finding, OpenAlert, Told } from "../../../src/domain/OpenAlert.ts"
import { advanceAll } from "../../../src/monitor/alerts/advance.ts"
import { dueNotices } from "../../../src/monitor/alerts/dueNotices.ts"
import type { EscalationStep } from "../../../src/policy/alerts.ts"

const steps: ReadonlyArray<EscalationStep> = [
  { level: "team", after: Duration.zero, sinks: ["log", "slack"] },
  { level: "lead", after: Duration.minutes(15), sinks: ["slack", "pagerduty"] },
  { level: "manager", after: Duration.minutes(30), sinks: ["email"] }
]
const rules = { ...defaultRules, NO_WORKER: { ...defaultRules.NO_WORKER, hold: 30, coolDown: 60 } }
const finding: Finding = { rule: "NO_WORKER", subject: "", message: "No worker." }
const judged = new Set<AlertRuleName>(["NO_WORKER"])

const Action = Schema.Literals(["seen", "seen", "absent", "unknown", "acknowledge", "silence", "unsilence", "wait"])
const Step = Schema.Struct({ action: Action, seconds: Schema.Literals([1, 10, 31, 61, 600, 1_200]) })

interface Sent extends Told {
  readonly at: DateTime.Utc
  readonly alert: OpenAlert
}

/** What the monitor and operators make of it: alerts by their number, and every notice in order. */
const play = (script: ReadonlyArray<typeof Step.Type>) => {
  let now = DateTime.makeUnsafe("2026-01-01T00:00:00Z")
  let alerts: ReadonlyArray<OpenAlert> = []
  const sent: Array<Sent> = []
  for (const { action, seconds } of script) {
    now = DateTime.add(now, { seconds })
    const isOpen = (alert: OpenAlert) => Option.isNone(alert.closedAt) && Option.isSome(alert.firedAt)
    const change = (set: Partial<OpenAlert>) =>
      alerts = alerts.map((alert) => isOpen(alert) ? { ...alert, ...set } : alert)
    if (action === "acknowledge") change({ acknowledgedAt: Option.some(now) })
    if (action === "silence") change({ silencedUntil: Option.some(DateTime.add(now, { minutes: 20 })) })
    if (action === "unsilence") change({ silencedUntil: Option.none() })
    const findings = action === "seen" ? [finding] : []
    const settled = alerts.filter((alert) => alert.settled)
    const open = alerts.filter((alert) => !alert.settled)
    const next = advanceAll(open, findings, action === "seen" || action === "absent" ? judged : new Set(), rules, now)
    alerts = [
      ...settled,
      ...next.map((alert, index) => {
        const numbered = {
          ...alert,
          alertId: Option.some(settled.length + index),
          settled: Option.isSome(alert.closedAt)
        }
        const notices = dueNotices(numbered, steps, now)
        sent.push(...notices.map((notice) => ({ ...notice, at: now, alert: numbered })))
        assert.deepStrictEqual(
          dueNotices({ ...numbered, told: [...numbered.told, ...notices] }, steps, now),
          [],
          "no notice is due twice"
        )
        return { ...numbered, told: [...numbered.told, ...notices] }
      })
    ]
  }
  return { alerts, sent }
}

describe("the states of an alert", () => {
  it.prop(
    "no notice is lost or sent twice, and none contradicts the alert's state",
    [Schema.Array(Step)],
    ([script]) => {
      const { alerts, sent } = play(script)
      const about = (alert: OpenAlert, state: Told["state"]) =>
        sent.filter((notice) =>
          notice.state === state && Option.getOrNull(notice.alert.alertId) === Option.getOrNull(alert.alertId)
        )
      assert.isAtMost(alerts.filter(({ closedAt }) => Option.isNone(closedAt)).length, 1, "one alert is open per key")
      for (const alert of alerts) {
        const sinks = (state: Told["state"]) => new Set<AlertSinkName>(about(alert, state).map(({ sink }) => sink))
        const keys = sent.filter((one) => Option.getOrNull(one.alert.alertId) === Option.getOrNull(alert.alertId))
          .map(({ level, sink, state }) => state === "firing" ? `${sink} ${state} ${level}` : `${sink} ${state}`)
        assert.lengthOf(new Set(keys), keys.length, "each notice is made once")
        if (Option.isNone(alert.firedAt)) assert.lengthOf(keys, 0, "a pending alert tells no sink")
        if (Option.isSome(alert.closedAt)) {
          assert.deepStrictEqual(sinks("resolved"), sinks("firing"), "every notified sink gets the resolution")
        }
        for (const sink of sinks("acknowledged")) assert.isTrue(sinks("firing").has(sink))
      }
      for (const { alert, at, state } of sent) {
        if (state === "resolved") continue
        assert.isFalse(Option.exists(alert.silencedUntil, DateTime.isGreaterThan(at)), "a silenced alert sends nothing")
        assert.strictEqual(
          state === "acknowledged",
          Option.isSome(alert.acknowledgedAt),
          "an acknowledged alert does not escalate"
        )
      }
    },
    { arbitrary: { runs: 400 } }
  )

  it("an alert fires after its hold, escalates with time, and resolves after its cool-down", () => {
    const seen = (seconds: 1 | 10 | 31 | 61 | 600 | 1_200) => ({ action: "seen" as const, seconds })
    const gone = (seconds: 1 | 61) => ({ action: "absent" as const, seconds })
    const told = (script: ReadonlyArray<typeof Step.Type>) =>
      play(script).sent.map(({ level, sink, state }) => `${state} ${sink} ${level}`)
    assert.deepStrictEqual(told([seen(1), seen(10)]), [])
    assert.deepStrictEqual(told([seen(1), seen(31)]), ["firing log team", "firing slack team"])
    assert.deepStrictEqual(told([seen(1), seen(31), seen(1_200)]).slice(2), [
      "firing slack lead",
      "firing pagerduty lead"
    ])
    assert.deepStrictEqual(
      told([seen(1), seen(31), gone(1), seen(1), gone(1)]).slice(2),
      [],
      "a gap does not resolve it"
    )
    assert.deepStrictEqual(told([seen(1), seen(31), gone(1), gone(61)]).slice(2), [
      "resolved log team",
      "resolved slack team"
    ])
  })

  it("a rule whose facts are missing leaves its alert as it is", () => {
    const { alerts } = play([
      { action: "seen", seconds: 1 },
      { action: "seen", seconds: 31 },
      { action: "unknown", seconds: 1_200 },
      { action: "unknown", seconds: 1_200 }
    ])
    assert.isTrue(Option.isNone(alerts[0]?.closedAt ?? Option.none()))
  })

  it("a circuit's alert stays until the circuit has been closed for the cool-down", () => {
    const opened = DateTime.makeUnsafe("2026-01-01T00:00:00Z")
    const later = (seconds: number) => DateTime.add(opened, { seconds })
    const open: Finding = { rule: "CIRCUIT_OPEN", subject: "embedder", message: "The key is refused." }
    const alerts = advanceAll([], [open], new Set<AlertRuleName>(), rules, opened)
    const isClosed = (clearSince: OpenAlert["clearSince"], now: DateTime.Utc) =>
      advanceAll(alerts.map((alert) => ({ ...alert, clearSince })), [], new Set<AlertRuleName>(), rules, now)
        .map(({ closedAt }) => Option.isSome(closedAt))
    assert.deepStrictEqual(isClosed(Option.none(), later(7_200)), [false])
    assert.deepStrictEqual(isClosed(Option.some(later(100)), later(130)), [false])
    assert.deepStrictEqual(isClosed(Option.some(later(100)), later(160)), [true])
  })

  it("a failing sink gets no notice about itself", () => {
    const failing: Finding = { rule: "SINK_FAILING", subject: "slack", message: "It answered 500." }
    const [alert] = advanceAll([], [failing], new Set<AlertRuleName>(["SINK_FAILING"]), rules, DateTime.makeUnsafe(0))
    const notices = alert === undefined ? [] : dueNotices(alert, steps, DateTime.makeUnsafe(0))
    assert.deepStrictEqual(notices.map(({ sink }) => sink), ["log"])
  })

  it("an alert raised by another process resolves when it was not raised for its cool-down", () => {
    const at = DateTime.makeUnsafe(0)
    const [raised] = advanceAll([], [{ rule: "SIGN_INS_REFUSED", subject: "", message: "50." }], new Set(), rules, at)
    const after = (seconds: number) =>
      advanceAll(raised === undefined ? [] : [raised], [], new Set(), rules, DateTime.add(at, { seconds }))[0]
    assert.isTrue(Option.isNone(after(1_799)?.closedAt ?? Option.none()))
    assert.isTrue(Option.isSome(after(1_801)?.closedAt ?? Option.none()))
  })
})
