/** COVERAGE_POLICY and COVERAGE_LEAST_PERCENT, for the collection and validation of a parsed text. */
import { Context } from "effect"
import type { CoveragePolicy } from "../domain/coverage/Coverage.ts"

export interface CoverageRule {
  readonly policy: CoveragePolicy
  /** Of the source's words. */
  readonly leastShare: number
}

export class CoverageRules extends Context.Reference<CoverageRule>("accessa/stages/CoverageRules", {
  defaultValue: () => ({ policy: "warn", leastShare: 0.9 })
}) {}
