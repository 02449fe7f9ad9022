/** Finds every regular expression of a source file with a parser, because text alone cannot tell one from a division. */
import { parse } from "@babel/parser"

export interface Found {
  readonly file: string
  readonly line: number
  /** Its source; undefined if it is built at run time. */
  readonly literal: { readonly pattern: string; readonly flags: string } | undefined
}

/** Whether it is worth parsing: an expression has two slashes on its line, as have comments and imports. */
export const mayHaveRegexes = (source: string): boolean =>
  source.includes("RegExp")
  || source.split("\n").some((line) =>
    line.split("/").length > 2 && !/^\s*(\*|\/\/|\/\*|(import|export|\}) .*from ")/u.test(line)
  )

export const findRegexes = (file: string, source: string): ReadonlyArray<Found> => {
  const found: Array<Found> = []
  const pending: Array<unknown> = [parse(source, { sourceType: "module", plugins: ["typescript"] }).program]
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node !== "object" || node === null) continue
    if (Array.isArray(node)) {
      pending.push(...node)
      continue
    }
    const { callee, flags, loc, pattern, type }: Node = node
    const line = loc?.start?.line ?? 0
    if (type === "RegExpLiteral" && pattern !== undefined) {
      found.push({ file, line, literal: { pattern, flags: flags ?? "" } })
    }
    if (callee?.name === "RegExp") found.push({ file, line, literal: undefined })
    pending.push(...Object.values(node))
  }
  return found
}

interface Node {
  readonly type?: string
  readonly pattern?: string
  readonly flags?: string
  readonly callee?: { readonly name?: string }
  readonly loc?: { readonly start?: { readonly line?: number } }
}
