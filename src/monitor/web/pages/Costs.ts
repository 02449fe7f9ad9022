/** Who spends what, and when does a budget run out? */
import { call } from "../api.ts"
import { count, exact, money, plural, short } from "../format.ts"
import { html } from "../html.ts"
import { overview } from "../live.ts"
import { useLoad } from "../load.ts"
import { Action } from "../parts/Action.ts"
import { Command } from "../parts/Command.ts"
import { Empty, Panel } from "../parts/Panel.ts"

interface BudgetRow {
  readonly user_id: string | null
  readonly limit_usd: number | null
  readonly spent_usd: number
  readonly renews_at: string
}

export const Costs = () => {
  const { again, age, data, error } = useLoad<{ readonly budgets: ReadonlyArray<BudgetRow> }>("/api/v1/budgets", 10_000)
  const spend = overview.value?.spend
  return html`
    <header class="title"><h1>${
    spend === undefined
      ? "Costs"
      : `${money(spend.month_usd)} this month${
        spend.limit_usd === null ? "; there is no overall limit" : ` of ${money(spend.limit_usd)}`
      }.`
  }</h1></header>
    ${
    spend === undefined ? null : html`
    <div class="figures">
      <p><span class="figure">${money(spend.today_usd)}</span> today</p>
      <p><span class="figure">${count(spend.tokens_today)}</span> tokens today</p>
      <p><span class="figure">${count(spend.reused_today)}</span> vectors reused</p>
      <p><span class="figure">${money(spend.lost_today_usd)}</span> paid but lost</p>
    </div>`
  }
    <${Panel} title="Budgets" age=${age} error=${error} note=${
    data === undefined ? undefined : plural(data.budgets.length, "line")
  }>
      ${
    data === undefined ?
      null :
      data.budgets.length === 0 ?
      html`<${Empty}><p>No spending yet, and no budget is set. <code>accessa budgets set 50</code></p></${Empty}>` :
      html`
      <table class="cards"><thead><tr><th>User</th><th class="n">Spent</th><th class="n">Limit</th><th class="wide">Share</th><th>Renews</th></tr></thead>
      <tbody>${
        data.budgets.map((row) =>
          html`<tr>
        <td>${
            row.user_id === null
              ? html`<b>all users together</b>`
              : html`<span class="mono" title=${row.user_id}>${short(row.user_id)}</span>`
          }</td>
        <td class="n">${money(row.spent_usd)}</td><td class="n">${
            row.limit_usd === null ? html`<span class="q">none</span>` : money(row.limit_usd)
          }</td>
        <td class="wide">${
            row.limit_usd === null || row.limit_usd === 0
              ? html`<span class="q">–</span>`
              : html`<meter min="0" max=${row.limit_usd} high=${
                row.limit_usd * 0.9
              } value=${row.spent_usd} aria-label="Spent of the limit"></meter>`
          }</td>
        <td class="q">${exact(row.renews_at).slice(0, 10)}</td></tr>`
        )
      }</tbody></table>`
  }
    </${Panel}>
    <section class="panel pad"><h2>Change a limit</h2><${Command} line="accessa budgets set 25 --user ID --reason …" />
      <${Action} label="Remove the overall limit" kind="risky" asksReason=${true} line="accessa budgets set none --reason …" note="Parked documents resume, and their embeddings are paid for." done="There is no overall limit now."
        refused=${spend?.limit_usd === null ? "There is none." : undefined}
        act=${(reason: string | undefined) =>
    call("/api/v1/budgets", {
      method: "PUT",
      body: { user_id: null, limit_usd: null },
      ...(reason === undefined ? {} : { reason })
    }).then(again)} /></section>`
}
