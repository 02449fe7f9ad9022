/** What a migration takes away: the release before it is still running and may use that. */
import { Option } from "effect"
import type { Migration } from "./ReleaseStack.ts"

const rules: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bDROP\s+TABLE\b/iu, "drops a table"],
  [/\bDROP\s+COLUMN\b/iu, "drops a column"],
  [/\bDROP\s+VIEW\b/iu, "drops a view"],
  [/\bDROP\s+FUNCTION\b/iu, "drops a function"],
  [/\bRENAME\b/iu, "renames something"],
  [/\bALTER\s+(?:COLUMN\s+)?\w+\s+(?:SET\s+DATA\s+)?TYPE\b/iu, "changes the type of a column"],
  [/\bSET\s+NOT\s+NULL\b/iu, "makes a column required"]
]

/** In words, such as `drops a table`. Comments do not count. */
export const contracting = (text: string): ReadonlyArray<string> => {
  const code = text.replace(/\/\*[^]*?\*\//gu, "").replace(/^\s*(?:\/\/|--).*$/gmu, "")
  return rules.flatMap(([pattern, words]) => pattern.test(code) ? [words] : [])
}

/** The number of the migration since which no release uses what this one takes away, if it exports that as `unusedSince`. */
export const unusedSince = (text: string): Option.Option<number> =>
  Option.map(Option.fromNullishOr(/^export const unusedSince = (\d+)$/mu.exec(text)?.[1]), Number)

/** Whether a release that was deployed with the schema of this number may use what the migration takes away. */
export const mayBeUsed = ({ contracts, unusedSince }: Migration, deployed: number): boolean =>
  contracts.length > 0 && !Option.exists(unusedSince, (since) => since <= deployed)
