/** One success criterion of the project, with its target and what was measured. */
import { Schema } from "effect"
import { snakeKeys } from "../../domain/snakeKeys.ts"
import { Verdict } from "../CheckResult.ts"

export const Kpi = snakeKeys({
  area: Schema.Literals(["local development", "production", "development velocity"]),
  name: Schema.String,
  target: Schema.String,
  figure: Schema.String,
  /** What the figure rests on, such as `300 documents`. */
  samples: Schema.String,
  /** `not measured`: it cannot be measured on this machine. */
  verdict: Schema.Union([Verdict, Schema.Literal("not measured")]),
  source: Schema.String,
  /** When it was measured; empty if it was not. */
  at: Schema.String
})
export type Kpi = typeof Kpi.Type

/** One that is not judged, and why. */
export const unjudged = (kpi: Pick<Kpi, "area" | "name" | "target" | "source">): Kpi => ({
  ...kpi,
  figure: "–",
  samples: "0",
  verdict: "inconclusive",
  at: ""
})
