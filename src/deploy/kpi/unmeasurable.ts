/** What compares this system with the earlier iteration, of which nothing runs here. */
import type { Kpi } from "./Kpi.ts"

const compared = (area: Kpi["area"], name: string, target: string, source: string): Kpi => ({
  area,
  name,
  target,
  figure: "–",
  samples: "0",
  verdict: "not measured",
  source,
  at: ""
})

const earlier = "needs the earlier iteration (002) or records of it; neither is on this machine"

export const unmeasurable: ReadonlyArray<Kpi> = [
  compared("production", "operational complexity", "50 % less than 002", earlier),
  compared("development velocity", "iteration speed", "50 % faster", earlier),
  compared("development velocity", "issue resolution time", "75 % less", earlier)
]
