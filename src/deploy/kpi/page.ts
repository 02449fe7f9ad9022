/** docs/kpi.md. */
import type { Kpi } from "./Kpi.ts"

export const kpiPage = (kpis: ReadonlyArray<Kpi>): string =>
  [
    "# KPIs",
    "",
    "The project's success criteria and their measured values. Written by `accessa kpi --write docs/kpi.md` on a running stack; do not edit.",
    "`inconclusive` means that there are too few samples or too much noise, or that the source has not been run; no figure passes without",
    "data. [The baseline](baseline.md) explains how rates and spreads are compared.",
    "",
    "| area | KPI | target | figure | samples | verdict | source | measured |",
    "|---|---|---|---|---|---|---|---|",
    ...kpis.map(({ area, at, figure, name, samples, source, target, verdict }) =>
      `| ${[area, name, target, figure, samples, verdict, source, at].map(cell).join(" | ")} |`
    ),
    ""
  ].join("\n")

const cell = (text: string): string => text.replaceAll("|", "\\|")
