/** How much of a limit is used; hatched is what is expected to come. Nothing is drawn where no limit is known. */
import { html } from "../html.ts"

interface Props {
  readonly label: string
  readonly value: number
  readonly limit: number | null
  readonly forecast?: number
}

const share = (value: number, limit: number) => `${Math.min(100, Math.max(0, (value / limit) * 100))}%`

export const Meter = ({ forecast, label, limit, value }: Props) => {
  if (limit === null || limit <= 0) return html`<span class="meter nodata" aria-hidden="true"></span>`
  const over = value > limit * 0.9
  return html`
    <span class=${`meter ${
    over ? "over" : ""
  }`} role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax=${limit} aria-valuenow=${Math.min(value, limit)}>
      ${forecast === undefined ? null : html`<i class="forecast" style=${{ width: share(forecast, limit) }}></i>`}
      <i style=${{ width: share(value, limit) }}></i>
    </span>`
}
