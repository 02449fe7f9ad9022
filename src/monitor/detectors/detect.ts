/** Every rule that the monitor judges, and what it finds. */
import { Struct } from "effect"
import type { AlertFacts } from "../../domain/AlertFacts.ts"
import type { AlertRuleName, RulesInForce } from "../../domain/AlertRule.ts"
import type { Finding } from "../../domain/OpenAlert.ts"
import { budgets } from "./budgets.ts"
import { database } from "./database.ts"
import type { Detectors, Surroundings } from "./Detector.ts"
import { jobs } from "./jobs.ts"
import { traffic } from "./traffic.ts"
import { workers } from "./workers.ts"

const detectors: Detectors = { ...workers, ...jobs, ...budgets, ...database, ...traffic }

export interface Detected {
  readonly findings: ReadonlyArray<Finding>
  /** The rules whose facts could be read: only these may end an alert. */
  readonly judged: ReadonlySet<AlertRuleName>
}

export const detect = (facts: AlertFacts, rules: RulesInForce, surroundings: Surroundings): Detected => {
  const unseen = new Set<AlertRuleName>([
    ...surroundings.disk === null ? ["DISK_FULL" as const] : [],
    ...surroundings.api === null ? ["DEPENDENCY_UNREACHABLE" as const] : []
  ])
  const judged = Struct.keys(detectors).filter((rule) => rules[rule].enabled && !unseen.has(rule))
  return {
    judged: new Set<AlertRuleName>([...judged, "DATABASE_UNREACHABLE"]),
    findings: judged.flatMap((rule) =>
      (detectors[rule]?.(facts, rules[rule].threshold ?? 0, surroundings) ?? []).map((found) => ({ rule, ...found }))
    )
  }
}

/** While the facts cannot be read, though the database answers. */
export const withoutFacts = (message: string): Detected => ({
  judged: new Set(),
  findings: [{
    rule: "NO_DATA",
    subject: "facts",
    message: `The data for the alert rules could not be read: ${message}`
  }]
})
