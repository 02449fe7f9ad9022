/** Patterns of `--exclude`: one with a slash is matched from the folder on, one without against every name. */
import { matchesGlob } from "node:path/posix"

/** `path` is relative to the named folder. A folder that matches is not entered. */
export const excludes = (patterns: ReadonlyArray<string>, path: string): boolean => {
  const slashed = path.replaceAll("\\", "/")
  const name = slashed.slice(slashed.lastIndexOf("/") + 1)
  return patterns.map((pattern) => pattern.replace(/^\.\//u, "").replace(/\/$/u, "")).some((pattern) =>
    matchesGlob(pattern.includes("/") ? slashed : name, pattern)
  )
}
