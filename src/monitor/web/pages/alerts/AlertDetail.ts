/** One alert: what it says, what can be done about it, and who has been told. */
import type { OverviewView } from "../../../../api/overview.ts"
import { call } from "../../api.ts"
import { ago, duration, exact, plural } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow } from "../../live.ts"
import { useLoad } from "../../load.ts"
import { Action } from "../../parts/Action.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Panel } from "../../parts/Panel.ts"
import { lookOfAlert } from "./AlertList.ts"
import { Escalation } from "./Escalation.ts"
import { Runbook } from "./Runbook.ts"
import { type AlertHistory, type AlertRow, groupOf, isOpen, type RuleRows } from "./types.ts"

interface Props {
  readonly alert: AlertRow
  readonly age: number | undefined
  readonly again: () => void
  readonly seen: OverviewView | undefined
}

export const AlertDetail = ({ again, age, alert, seen }: Props) => {
  const rules = useLoad<RuleRows>("/api/v1/alerts/rules", { everyMs: 0 })
  const history = useLoad<AlertHistory>(`/api/v1/alerts/${alert.alert_id}`)
  const rule = rules.data?.rules.find(({ name }) => name === alert.rule)
  const state = groupOf(alert)
  return html`
    <div>
      <${Panel} title=${html`<span class=${`tag ${
    isOpen(alert) ? alert.severity === "warning" ? "t-warn" : "t-fail" : "t-done"
  }`}><${Glyph} look=${lookOfAlert(alert)} silent /> ${
    isOpen(alert) ? alert.severity : "ended"
  }</span> <code>${alert.code}</code>`} note=${isOpen(alert) ? state.toLowerCase() : undefined} age=${age}>
        <div class="pad"><p class="lead">${alert.message}</p>
        <p class="q small">${
    [
      rule === undefined ? "" : rule.meaning,
      rule === undefined || rule.for_seconds === 0 ? "" : `Must hold for ${duration(rule.for_seconds * 1_000)}.`,
      `Began ${exact(alert.opened_at).slice(5)}${
        alert.fired_at === null ? "" : `, fired ${exact(alert.fired_at).slice(11)}`
      }; last seen ${ago(alert.seen_at, serverNow.value)}, ${
        alert.count === 1 ? "once" : plural(alert.count, "time")
      }.`,
      alert.closed_at === null ? "" : `Ended ${exact(alert.closed_at).slice(5)}.`
    ].filter((each) => each !== "").join(" ")
  }</p></div>
        ${isOpen(alert) ? html`<${Actions} alert=${alert} again=${again} />` : null}
        ${history.data === undefined ? null : html`<${Escalation} history=${history.data} />`}
      </${Panel}>
      <${Runbook} code=${alert.code} seen=${seen} age=${age} />
    </div>`
}

const hours = [["1", "1 hour"], ["4", "4 hours"], ["24", "1 day"], ["168", "7 days"]] as const

const Actions = ({ again, alert }: Pick<Props, "alert" | "again">) => {
  const post = (verb: string, body: unknown) =>
    call(`/api/v1/alerts/${alert.alert_id}/${verb}`, { method: "POST", body }).then(again)
  const state = groupOf(alert)
  return html`
    <div class="pad actions-pair">
      <${Action} label="Acknowledge" kind=${
    state === "Firing" ? "likely" : "plain"
  } asksReason=${true} line=${`accessa alerts ack ${alert.alert_id} --reason …`}
        note="Stops the escalation; the alert stays until its cause is gone." done="Acknowledged." refused=${
    state === "Firing" ? undefined : `It is ${state.toLowerCase()}.`
  } act=${(reason: string | undefined) => post("acknowledge", { reason })} />
      ${
    state === "Silenced"
      ? html`<${Action} label="End the silence" asksReason=${true} line=${`accessa alerts unsilence ${alert.alert_id} --reason …`} note="Notices are sent again." done="The silence is over." act=${(
        reason: string | undefined
      ) => post("unsilence", { reason })} />`
      : html`<${Action} label="Silence" asksReason=${true} line=${`accessa alerts silence ${alert.alert_id} --for 1h --reason …`}
        note="No notices until then. A silence needs an end." done="Silenced." fields=${html`<label>For <select name="hours">${
        hours.map(([value, words]) => html`<option value=${value}>${words}</option>`)
      }</select></label>`}
        act=${(reason: string | undefined, form: FormData | undefined) =>
        post("silence", {
          reason,
          until: new Date(serverNow.value + Number(form?.get("hours") ?? 1) * 3_600_000).toISOString()
        })} />`
  }
    </div>`
}
