/** Who spends what, what was not paid again, and when does a budget end? */
import type { CostsView } from "../../../api/overview.ts"
import { call } from "../api.ts"
import { amount, count, money, short } from "../format.ts"
import { html } from "../html.ts"
import { overview } from "../live.ts"
import { useLoad } from "../load.ts"
import { isAdmin } from "../me.ts"
import { Action } from "../parts/Action.ts"
import { Columns } from "../parts/Columns.ts"
import { Meter } from "../parts/Meter.ts"
import { Empty, Panel, Sentence } from "../parts/Panel.ts"
import { forecast } from "./overview/SpendPanel.ts"

export const Costs = () => {
  const { again, age, data, error } = useLoad<CostsView>("/api/v1/costs", { everyMs: 10_000 })
  const spend = overview.value?.spend
  const expected = spend === undefined || data === undefined ? null : forecast(spend.month_usd, data.at)
  return html`
    <${Sentence} age=${age} error=${error} note="embedding only; the parser does not report prices">${
    spend === undefined ? "Costs" : sentenceOf(spend, expected)
  }</${Sentence}>
    ${
    spend === undefined ? null : html`
    <div class="figures">
      <p><span class="figure">${money(spend.today_usd)}</span> today</p>
      <p><span class="figure">${amount(spend.tokens_today)}</span> tokens today</p>
      <p><span class="figure">${count(spend.reused_today)}</span> vectors not bought again today</p>
      <p><span class=${`figure ${spend.lost_today_usd > 0 ? "fail" : "none"}`}>${
      money(spend.lost_today_usd)
    }</span> paid and lost today</p>
      <p><span class=${`figure ${expected === null ? "none" : ""}`}>${
      expected === null ? "–" : money(expected)
    }</span> expected this month</p>
    </div>`
  }
    <div class="columns">
      <div>
        <${Panel} title="Paid by hour" note="the last 24 hours" age=${age}>${
    data === undefined ?
      null :
      html`<${Columns} label="Dollars paid by hour" bars=${
        data.hours.map(({ at, paid_usd }) => ({ name: at.slice(11, 16), value: paid_usd }))
      } />`
  }</${Panel}>
        <${Panel} title="Users" note="this month, highest first" age=${age}>${
    data === undefined ? null : html`<${Users} users=${data.users} />`
  }</${Panel}>
      </div>
      <div>
        <${Panel} title="By month" age=${age}>${
    data === undefined ?
      null :
      html`<${Columns} label="Dollars spent by month" bars=${
        data.months.map(({ month, spent_usd }) => ({ name: month.slice(0, 7), value: spent_usd }))
      } />`
  }</${Panel}>
        <${Panel} title="What for" note="the last 24 hours" age=${age}>${
    data === undefined ? null : html`<${Models} models=${data.models} />`
  }</${Panel}>
        <${Limit} limit=${spend?.limit_usd ?? null} known=${spend !== undefined} again=${again} />
      </div>
    </div>`
}

const sentenceOf = (
  { limit_usd, month_usd }: { readonly limit_usd: number | null; readonly month_usd: number },
  expected: number | null
) =>
  `${money(month_usd)} this month${
    limit_usd === null
      ? "; there is no overall limit."
      : expected !== null && expected > limit_usd
      ? ` of ${money(limit_usd)}; at this rate the limit is reached before the month ends.`
      : ` of ${money(limit_usd)}.`
  }`

const Users = ({ users }: { readonly users: CostsView["users"] }) =>
  users.length === 0
    ? html`<${Empty}><p><b>No user has spent anything this month.</b> Each is listed here with the share of the limit.</p></${Empty}>`
    : html`
  <table class="cards">
    <thead><tr><th>User</th><th class="n">Spent</th><th class="n">Limit</th><th class="wide">Share</th></tr></thead>
    <tbody>${
      users.map(({ limit_usd, spent_usd, user_id }) =>
        html`<tr>
      <td class="mono half" title=${user_id} ><a href=${`/jobs?filter=user:${short(user_id)}`}>${
          short(user_id)
        }</a></td>
      <td class="n" data-label="spent">${money(spent_usd)}</td>
      <td class="n" data-label="limit">${limit_usd === null ? html`<span class="q">none</span>` : money(limit_usd)}</td>
      <td class="wide full"><span style=${{
          display: "block",
          padding: "7px 0"
        }}><${Meter} label=${`Spent of the limit of ${
          short(user_id)
        }`} limit=${limit_usd} value=${spent_usd} /></span></td>
      </tr>`
      )
    }</tbody>
  </table>`

const Models = ({ models }: { readonly models: CostsView["models"] }) =>
  models.length === 0
    ? html`<p class="pad q">Nothing was bought in the last 24 hours.</p>`
    : html`
  <table>
    <thead><tr><th>Model</th><th class="n">Calls</th><th class="n">Tokens</th><th class="n">Paid</th></tr></thead>
    <tbody>${
      models.map(({ calls, model, paid_usd, purpose, tokens }) =>
        html`<tr><td>${purpose}<br /><span class="mono small q">${model}</span></td><td class="n">${
          count(calls)
        }</td><td class="n">${amount(tokens)}</td><td class="n">${money(paid_usd)}</td></tr>`
      )
    }</tbody>
  </table>`

interface LimitProps {
  readonly limit: number | null
  readonly known: boolean
  readonly again: () => void
}

const Limit = ({ again, known, limit }: LimitProps) => {
  const set = (limit_usd: number | null, reason: string | undefined) =>
    call("/api/v1/budgets", {
      method: "PUT",
      body: { user_id: null, limit_usd },
      ...(reason === undefined ? {} : { reason })
    }).then(again)
  const forbidden = isAdmin() ? undefined : "This requires the role admin."
  return html`
    <section class="panel pad"><h2>The overall limit</h2>
      <div class="actions-wide">
      <${Action} label="Set a limit" asksReason=${true} line="accessa budgets set 150 --reason …" done="The limit is set." refused=${forbidden}
        note="Documents whose vectors would exceed it are parked until the month ends or the limit is raised."
        fields=${html`<label>US dollars a month <input name="usd" type="number" min="0" step="any" required value=${
    limit ?? ""
  } /></label>`}
        act=${(reason: string | undefined, form: FormData | undefined) => set(Number(form?.get("usd") ?? 0), reason)} />
      <${Action} label="Remove it" kind="risky" asksReason=${true} line="accessa budgets set none --reason …" note=${`Parked documents resume and are paid for.`} done="There is no overall limit now." refused=${
    forbidden ?? (known && limit === null ? "There is none." : undefined)
  } act=${(reason: string | undefined) => set(null, reason)} />
      </div>
      <p class="q small" style=${{ marginTop: "8px" }}>A user's own: <code>accessa budgets set 25 --user ID</code></p>
    </section>`
}
