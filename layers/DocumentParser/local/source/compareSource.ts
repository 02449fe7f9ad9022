/** Compares a source with its parsed text. What cannot be read is unknown, with the reason, and fails nothing. */
import { compare } from "../../../../src/domain/coverage/compare.ts"
import type { Comparison } from "../../../../src/domain/coverage/Coverage.ts"
import type { Source } from "../../../../src/domain/coverage/Source.ts"
import { ParseFailure } from "../ParseFailure.ts"

export const compareSource = async (
  source: () => Source | Promise<Source>,
  markdown: string
): Promise<Comparison> => {
  try {
    return compare(await source(), markdown)
  } catch (cause) {
    const reason = cause instanceof ParseFailure ? cause.message : "The file could not be compared with its text."
    return { _tag: "Unknown", reason }
  }
}
