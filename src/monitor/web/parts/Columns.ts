/** Dollars as columns; the highest, the first and the last are labelled. */
import { money } from "../format.ts"
import { html } from "../html.ts"

interface Props {
  readonly label: string
  readonly bars: ReadonlyArray<{ readonly name: string; readonly value: number }>
}

const height = 84

export const Columns = ({ bars, label }: Props) => {
  const most = Math.max(...bars.map(({ value }) => value), 0)
  if (bars.length === 0 || most === 0) return html`<p class="pad q">Nothing was paid in this time.</p>`
  return html`
    <div class="pad">
      <p class="q small">most: ${money(most)}</p>
      <div class="columns-chart" role="img" aria-label=${`${label}: ${
    bars.map(({ name, value }) => `${name} ${money(value)}`).join(", ")
  }`} style=${{ display: "flex", alignItems: "flex-end", gap: "2px", height: `${height}px` }}>${
    bars.map(({ name, value }) =>
      html`<i title=${`${name}: ${money(value)}`} style=${{
        flex: 1,
        maxWidth: "44px",
        height: `${value === 0 ? 1 : Math.max(2, (value / most) * height)}px`,
        background: value === 0 ? "var(--band)" : "var(--chart-data)"
      }}></i>`
    )
  }</div>
      <p class="qq" style=${{
    display: "flex",
    justifyContent: "space-between",
    fontSize: "10px",
    marginTop: "3px"
  }}><span>${bars[0]?.name ?? ""}</span><span>${bars.at(-1)?.name ?? ""}</span></p>
    </div>`
}
