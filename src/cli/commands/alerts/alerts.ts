/** `accessa alerts`: what fires, and what is done about it. For operators. */
import { DateTime, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AlertList, AlertRuleList } from "../../../api/alerts.ts"
import { Alert, AlertHistory, AlertId, AlertState, type MonitorStatus } from "../../../domain/Alert.ts"
import { AlertSeverity } from "../../../domain/AlertNotice.ts"
import { AlertRuleName } from "../../../domain/AlertRule.ts"
import { defined } from "../../../domain/defined.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { duration } from "../../flags.ts"
import { ago, span } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"
import { printTable } from "../../terminal/table.ts"
import { test } from "./test.ts"

const id = Argument.Int("id").pipe(
  Argument.withDescription("The alert's number, as `accessa alerts list` shows it"),
  Argument.map((value) => AlertId.make(value))
)
const reason = Flag.String("reason").pipe(Flag.withDescription("Reason, for the alert's events and the audit log"))

const list = Command.make("list", {
  all: Flag.Boolean("all").pipe(Flag.withDescription("Include alerts that have ended"), Flag.withDefault(false)),
  state: Flag.Literals("state", AlertState.literals).pipe(
    Flag.withDescription("Only alerts in this state"),
    Flag.optional
  ),
  severity: Flag.Literals("severity", AlertSeverity.literals).pipe(Flag.optional),
  rule: Flag.Literals("rule", AlertRuleName.literals).pipe(Flag.withMetavar("RULE"), Flag.optional)
}, ({ all, rule, severity, state }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const filter = {
      rule: Option.getOrUndefined(rule),
      severity: Option.getOrUndefined(severity),
      state: Option.getOrUndefined(state)
    }
    const found = yield* call((api) => api.alerts.list({ query: { which: all ? "all" : "open", ...defined(filter) } }))
    yield* output.record(yield* encoded(AlertList, found))
    if (output.json) return
    const now = DateTime.toDate(yield* DateTime.now)
    const rows = found.alerts.map((alert) => [
      { text: String(alert.alertId) },
      { text: alert.severity },
      { text: alert.state },
      { text: ago(DateTime.toDate(alert.openedAt), now) },
      { text: alert.rule },
      { text: printable(alert.message) }
    ])
    yield* printTable(heads, rows)
    yield* output.print(monitorLine(found.monitor, now))
  })).pipe(Command.withDescription("List open alerts, newest first"), Command.withAlias("ls"))

/** Without a monitor, an empty list proves nothing. */
const monitorLine = (monitor: Option.Option<MonitorStatus>, now: Date): string =>
  Option.match(monitor, {
    onNone: () =>
      "No monitor has ever run, so no rules are evaluated and no notices sent. Start one with `pnpm monitor`.",
    onSome: ({ alive, beatAt, hostname, judgedAt }) =>
      alive
        ? `The rules were last evaluated ${
          Option.match(judgedAt, { onNone: () => "never", onSome: (at) => ago(DateTime.toDate(at), now) })
        }, by the monitor on ${hostname}.`
        : `The monitor on ${hostname} is silent since ${
          ago(DateTime.toDate(beatAt), now)
        }: no rule is judged and no notice sent.`
  })

const show = Command.make("show", { id }, ({ id }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const found = yield* call((api) => api.alerts.get({ params: { alert_id: id } }))
    yield* output.record(yield* encoded(AlertHistory, found))
    if (output.json) return
    const { alert } = found
    const state = `${alert.state}${untilOf(alert.state, alert)}`
    yield* output.print(`${alert.rule} ${alert.severity} ${state}: ${printable(alert.message)}`)
    for (const event of found.events) {
      const why = Option.match(event.reason, { onNone: () => "", onSome: (text) => `: ${printable(text)}` })
      yield* output.print(
        `  ${DateTime.formatIso(event.at)}  ${event.type}${untilOf(event.type, event)} by ${event.actor}${why}`
      )
    }
    for (const { attempts, deliveredAt, lastError, level, sink, state } of found.deliveries) {
      const outcome = Option.isSome(deliveredAt)
        ? "delivered"
        : `not delivered after ${attempts} attempts${
          Option.match(lastError, { onNone: () => "", onSome: (text) => `: ${printable(text)}` })
        }`
      yield* output.print(`  ${state} to ${sink} (${level}): ${outcome}`)
    }
    yield* output.print(`  runbook: docs/runbooks/${alert.code}.md`)
  })).pipe(Command.withDescription("Show an alert with its events and notices"))

/** The end of a silence, which an alert keeps when it is acknowledged or resolved meanwhile. */
const untilOf = (state: string, { silencedUntil }: { readonly silencedUntil: Option.Option<DateTime.Utc> }): string =>
  state === "silenced" && Option.isSome(silencedUntil) ? ` until ${DateTime.formatIso(silencedUntil.value)}` : ""

const said = Effect.fnUntraced(function*(alert: Alert, what: string) {
  const output = yield* Output
  yield* output.record(yield* encoded(Alert, alert))
  yield* output.print(`${output.style.green("✓")} Alert ${alert.alertId} (${alert.rule}) is ${what}.`)
})

const ack = Command.make("ack", { id, reason }, ({ id, reason }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const alert = yield* call((api) => api.alerts.acknowledge({ params: { alert_id: id }, payload: { reason } }))
    yield* said(alert, "acknowledged: it will not escalate")
  })).pipe(Command.withDescription("Acknowledge an alert, so that it does not escalate"))

const silence = Command.make("silence", {
  id,
  reason,
  for: duration("for", "How long, such as 2h; at most 30 days")
}, ({ for: length, id, reason }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    if (Option.isNone(length)) {
      return yield* failure(
        "usage",
        "SILENCE_WITHOUT_END",
        "A silence needs an end.",
        `Say how long: \`accessa alerts silence ${id} --for 2h\`.`
      )
    }
    const until = DateTime.addDuration(yield* DateTime.now, length.value)
    const alert = yield* call((api) => api.alerts.silence({ params: { alert_id: id }, payload: { reason, until } }))
    yield* said(alert, `silenced until ${DateTime.formatIso(until)}`)
  })).pipe(Command.withDescription("Silence an alert's notices for a time"))

const unsilence = Command.make("unsilence", { id, reason }, ({ id, reason }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const alert = yield* call((api) => api.alerts.unsilence({ params: { alert_id: id }, payload: { reason } }))
    yield* said(alert, "no longer silenced")
  })).pipe(Command.withDescription("End a silence"))

const rules = Command.make("rules", {}, () =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const found = yield* call((api) => api.alerts.rules())
    yield* output.record(yield* encoded(AlertRuleList, found))
    if (output.json) return
    const rows = found.rules.map(({ coolDownSeconds, enabled, forSeconds, name, severity, threshold, title, unit }) => [
      { text: name },
      { text: enabled ? severity : "off" },
      { text: threshold === null ? "" : `${threshold} ${unit}` },
      { text: span(forSeconds * 1_000) },
      { text: span(coolDownSeconds * 1_000) },
      { text: title }
    ])
    yield* printTable(ruleHeads, rows)
  })).pipe(Command.withDescription("Show every rule with its threshold and times"))

export const alerts = Command.make("alerts").pipe(
  Command.withDescription("Alerts, for operators"),
  Command.withSubcommands([list, show, ack, silence, unsilence, rules, test])
)

const heads = [
  { title: "ID", align: "right" },
  { title: "SEVERITY" },
  { title: "STATE" },
  { title: "SINCE", align: "right" },
  { title: "RULE" },
  { title: "WHAT" }
] as const
const ruleHeads = [
  { title: "RULE" },
  { title: "SEVERITY" },
  { title: "THRESHOLD" },
  { title: "FOR", align: "right" },
  { title: "COOL-DOWN", align: "right" },
  { title: "WHAT" }
] as const
