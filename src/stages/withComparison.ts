/** The losses in a parse report: those that the parser states, and those that the comparison with the source adds. */
import { type Comparison, joined } from "../domain/coverage/Coverage.ts"
import { defined } from "../domain/defined.ts"
import type { ParseReport } from "../domain/Job.ts"

/** Kept with the job; a row does not grow without bound. */
const mostListed = 1_000

export const withComparison = (
  { coverage, coverageUnknown, leftOut = [] }: Partial<ParseReport>,
  comparison: Comparison | undefined
): Pick<ParseReport, "coverage" | "coverageUnknown" | "leftOut"> => {
  const all = comparison?._tag === "Compared" ? joined(leftOut, comparison.omissions) : leftOut
  const listed = all.slice(0, mostListed)
  return defined({
    coverage: comparison?._tag === "Compared" ? comparison.coverage : coverage,
    coverageUnknown: comparison?._tag === "Unknown" ? comparison.reason : coverageUnknown,
    leftOut: listed.length === 0 ? undefined : listed
  })
}
