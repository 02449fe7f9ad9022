/** Makes the results of a check. */
import { Option } from "effect"
import type { CheckResult } from "./CheckResult.ts"

export const checked = (group: string, check: string, expected: string) => {
  const result = (
    verdict: CheckResult["verdict"],
    found: string,
    repair: Option.Option<string>,
    evidence: ReadonlyArray<string>
  ): CheckResult => ({ group, check, verdict, expected, found, repair, evidence })
  return {
    pass: (found: string, evidence: ReadonlyArray<string> = []) => result("pass", found, Option.none(), evidence),
    fail: (found: string, repair: string, evidence: ReadonlyArray<string> = []) =>
      result("fail", found, Option.some(repair), evidence),
    inconclusive: (found: string, repair: string, evidence: ReadonlyArray<string> = []) =>
      result("inconclusive", found, Option.some(repair), evidence)
  }
}

const shown = 5

/** The first few, and how many more. */
export const listed = (names: ReadonlyArray<string>): string =>
  names.length <= shown ? names.join("; ") : `${names.slice(0, shown).join("; ")}; and ${names.length - shown} more`
