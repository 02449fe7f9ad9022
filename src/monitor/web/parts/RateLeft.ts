/** How much of a provider's rate limits is used, as its last answer said. Limits are per minute: an older answer tells little. */
import type { OverviewView } from "../../../api/overview.ts"
import { ago, amount } from "../format.ts"
import { html } from "../html.ts"
import { serverNow } from "../live.ts"

type Limits = OverviewView["providers"][number]["limits"]

const minute = 60_000
const words = { requests: "calls", tokens: "tok" } as const

export const RateLeft = ({ limits }: { readonly limits: Limits }) => {
  const [worst] = limits.toSorted((a, b) => a.remaining / a.limit - b.remaining / b.limit)
  if (worst === undefined) return html`<span class="q" title="Its answers name no limit">no limit</span>`
  const used = worst.limit === 0 ? 0 : (worst.limit - worst.remaining) / worst.limit
  const old = serverNow.value - Date.parse(worst.at) > minute
  const percent = Math.round(used * 100)
  const share = `${percent} %`
  return html`
  <span class="rate" title=${`As of its last answer, ${ago(worst.at, serverNow.value)}`}>
    <span class=${`meter ${used > 0.9 && !old ? "over" : ""} ${
    old ? "nodata" : ""
  }`} role="meter" aria-label="Rate limit used" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent}>${
    old ? null : html`<i style=${{ width: `${percent}%` }}></i>`
  }</span>
    <span class="small q">${old ? `${share} of` : html`<b>${share}</b> of`} ${amount(worst.limit)} ${
    words[worst.kind]
  }/min${old ? `, ${ago(worst.at, serverNow.value)}` : ""}</span>
  </span>`
}
