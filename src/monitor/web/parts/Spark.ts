/** A few dozen counts as bars, for a row of a table. */
import { html } from "../html.ts"

interface Props {
  readonly values: ReadonlyArray<number>
  readonly label: string
  readonly tone?: "fail" | "data"
}

const height = 24
const step = 5

export const Spark = ({ label, tone = "data", values }: Props) => {
  const most = Math.max(1, ...values)
  const width = values.length * step
  return html`
    <svg class=${`spark ${tone}`} viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img" aria-label=${label}>
      <line x1="0" x2=${width} y1=${height - 0.5} y2=${
    height - 0.5
  } stroke="currentColor" stroke-dasharray="2 2" opacity="0.6" />
      ${
    values.map((value, index) => {
      const tall = value === 0 ? 0 : Math.max(2, (value / most) * (height - 2))
      return html`<rect x=${index * step} y=${height - tall} width=${step - 1.5} height=${tall} fill="currentColor" />`
    })
  }
    </svg>`
}
