/** The heartbeats of five minutes as ticks on a strip: a gap is where some are missing. */
import { duration, plural } from "../../format.ts"
import { html } from "../../html.ts"

const span = 300
/** Three heartbeats of ten seconds: less may be jitter. */
const gap = 30

interface Props {
  readonly beats: ReadonlyArray<number>
  /** Seconds since the beats were read. */
  readonly since: number
  /** It has stopped: what is missing since is no fault. */
  readonly ended: boolean
}

export const Beats = ({ beats, ended, since }: Props) => {
  const ages = beats.map((age) => age + since).filter((age) => age < span)
  if (ages.length === 0) return html`<span class="beats nodata" title="No heartbeat in five minutes"></span>`
  const newest = ages[0] ?? 0
  const from = [ended ? newest : 0, ...ages]
  const missing = ages.flatMap((age, n) => {
    const after = from[n] ?? 0
    return age - after > gap ? [{ after, age }] : []
  })
  const label = `${plural(ages.length, "heartbeat")} in five minutes, the last ${duration(newest * 1_000)} ago${
    missing.length === 0 ? "" : `; ${plural(missing.length, "gap")}`
  }`
  return html`
  <span class="beats" role="img" aria-label=${label} title=${label}>${
    missing.map(({ after, age }) =>
      html`<i class="missing" style=${{
        right: `${(after / span) * 100}%`,
        width: `${((age - after) / span) * 100}%`
      }}></i>`
    )
  }${ages.map((age) => html`<i style=${{ right: `${(age / span) * 100}%` }}></i>`)}</span>`
}
