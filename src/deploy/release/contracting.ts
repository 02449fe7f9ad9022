/** What of a migration takes something away: the release before it, which still runs, may use that. */

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
