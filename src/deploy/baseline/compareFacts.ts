/** Every fact of an environment against the recorded one. Pure: what was not measured is inconclusive. */
import type { CheckResult } from "../CheckResult.ts"
import type { Facts } from "./Baseline.ts"
import { compareDocuments } from "./compareDocuments.ts"
import { compareProcesses } from "./compareProcesses.ts"
import { compareSchema } from "./compareSchema.ts"
import { compareTimes } from "./compareTimes.ts"

export const compareFacts = (recorded: Facts, now: Facts): ReadonlyArray<CheckResult> => [
  ...compareSchema(recorded, now),
  ...compareProcesses(recorded, now),
  ...compareDocuments(recorded, now),
  ...compareTimes(recorded, now)
]

/** What keeps facts from being a baseline: they must pass a comparison with themselves. Times that are too noisy are only doubts. */
export const unfitAsBaseline = (facts: Facts) => {
  const unstable = facts.documents.filter(({ outcomes }) => outcomes.length > 1).map(({ name }) =>
    `documents: ${name} did not have the same result in each round`
  )
  const unsure = compareFacts(facts, facts).filter(({ verdict }) => verdict !== "pass")
  const told = (results: ReadonlyArray<CheckResult>) =>
    results.map(({ check, found, group }) => `${group}, ${check}: ${found}`)
  return {
    faults: [...unstable, ...told(unsure.filter(({ group }) => group !== "times"))],
    doubts: told(unsure.filter(({ group }) => group === "times"))
  }
}
