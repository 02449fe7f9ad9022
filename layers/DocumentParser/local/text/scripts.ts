/** Raised and lowered text on one line: it must not become part of the number or word before it. */
import { lowered, raised } from "./formula.ts"

const joins = /[\p{L}\p{N})\]]$/u

/** `before`: what precedes it. A number becomes `10^6`, an ordinal stays `4th`, `[3]` and `*` stay as they are. */
export const superscript = (before: string, text: string): string => {
  const inner = text.trim()
  const isOrdinal = /^\p{L}{2,}\.?$/u.test(inner)
  return inner !== "" && joins.test(before) && /^[\p{L}\p{N}+\-−]/u.test(inner) && !isOrdinal ? raised(inner) : text
}

/** `CO2`, but `x_max` and `10_2`. */
export const subscript = (before: string, text: string): string => {
  const inner = text.trim()
  const isCount = /^\p{N}+$/u.test(inner) && !/\p{N}$/u.test(before)
  return inner !== "" && joins.test(before) && /^[\p{L}\p{N}+\-−]/u.test(inner) && !isCount ? lowered(inner) : text
}
