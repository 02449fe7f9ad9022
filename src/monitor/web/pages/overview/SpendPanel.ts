/** Spent, not spent again, and lost are three numbers; the forecast assumes that the rest of the month is like its beginning. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { amount, money, plural } from "../../format.ts"
import { html } from "../../html.ts"
import { age } from "../../live.ts"
import { Meter } from "../../parts/Meter.ts"
import { Panel } from "../../parts/Panel.ts"

/** Null on a month's first day: too little is known. */
export const forecast = (spentUsd: number, at: string): number | null => {
  const now = new Date(at)
  const begun = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
  const ends = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)
  const share = (now.getTime() - begun) / (ends - begun)
  return share < 1 / 31 ? null : spentUsd / share
}

export const SpendPanel = ({ seen }: { readonly seen: Overview }) => {
  const { at, spend } = seen
  const expected = forecast(spend.month_usd, at)
  return html`
    <${Panel} title="Spend" age=${age.value}>
      <div class="pad">
        <p><span class="figure">${money(spend.today_usd)}</span> <span class="q">today, embedding · ${
    amount(spend.tokens_today)
  } tokens</span></p>
        <p class="q small">${money(spend.month_usd)} ${
    spend.limit_usd === null ? "this month, no overall limit" : `of ${money(spend.limit_usd)} this month`
  }${expected === null ? "" : ` · about ${money(expected)} by its end`}</p>
        <${Meter} label="Spent of this month's limit" limit=${spend.limit_usd} value=${spend.month_usd} forecast=${
    expected ?? undefined
  } />
        <dl class="facts">
          <dt>not bought again</dt><dd>${plural(spend.reused_today, "vector")}</dd>
          <dt>paid and lost</dt><dd class=${spend.lost_today_usd === 0 ? "qq" : "fail"}>${
    money(spend.lost_today_usd)
  }</dd>
          <dt>parser</dt><dd class="qq">not reported by the provider</dd>
        </dl>
      </div>
    </${Panel}>`
}
