/** Releases as JSON, and how each outcome looks. */
import type { ReleaseHistory, ReleaseList } from "../../../../api/releases.ts"
import type { Json } from "../../Json.ts"
import { type Look, looks } from "../../statuses.ts"

export type ReleaseRow = Json<typeof ReleaseList.Type>["releases"][number]
export type History = Json<typeof ReleaseHistory.Type>
export type StepRow = History["steps"][number]

/** A commit by its first digits. */
export const versionOf = ({ version }: Pick<ReleaseRow, "version">): string =>
  /^[\da-f]{40}$/u.test(version) ? version.slice(0, 8) : version

export const stateOf = ({ held, outcome, request }: ReleaseRow): string => {
  if (outcome !== null) return outcome.replaceAll("_", " ")
  if (!held) return "its command has stopped"
  return request === "hold" ? "on hold" : "under way"
}

export const lookOfRelease = ({ held, outcome }: ReleaseRow): Look => {
  switch (outcome) {
    case null:
      return held ? looks.running : looks.warning
    case "promoted":
      return looks.complete
    case "rolled_back":
      return looks.failed
    case "needs_a_person":
      return looks.warning
  }
}

export const verdictLooks = { pass: looks.complete, fail: looks.failed, inconclusive: looks.unknown } as const
