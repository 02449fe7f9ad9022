/** Lines that parsers leave out on purpose: running heads and feet, and page numbers. */
import { isPageNumber, pageNumberIn } from "../pageNumbers.ts"
import type { SourcePage } from "./Source.ts"

/** In a document of a few pages, on half of them. */
const mostNeeded = 3

/**
 * The same on several pages, or the same but for a page number: one that is named as such, or the first or last number of
 * the line that is as large as page numbers are. Lines whose numbers differ in another way, such as rows of a table or the
 * numbers of claims, are not running heads.
 */
export const findRunningHeads = (pages: ReadonlyArray<SourcePage>): (page: number, line: string) => boolean => {
  // A single page repeats nothing.
  if (pages.length === 1) return (_, line) => isPageNumber(line.trim())
  const seen = new Map<string, Set<number>>()
  const leastPages = Math.min(mostNeeded, Math.max(2, Math.ceil(pages.length / 2)))
  for (const { lines, number } of pages) {
    for (const { text } of lines) {
      for (const key of keysOf(number, text)) {
        const on = seen.get(key)
        if (on === undefined) seen.set(key, new Set([number]))
        else on.add(number)
      }
    }
  }
  return (page, line) =>
    isPageNumber(line.trim()) || keysOf(page, line).some((key) => (seen.get(key)?.size ?? 0) >= leastPages)
}

const longest = 200
/** How many pages a document may have before or after those that are counted. */
const mostAside = 60

const keysOf = (page: number, line: string): ReadonlyArray<string> => {
  const text = line.trim()
  if (text.length > longest) return []
  const named = pageNumberIn(text)
  const ends = [/^\d{1,5}(?=\D)/, /(?<=\D)\d{1,5}$/].flatMap((end) => {
    const match = end.exec(text)
    return match === null || Math.abs(Number(match[0]) - page) > mostAside
      ? []
      : [{ number: Number(match[0]), rest: text.replace(end, "#") }]
  })
  const counting = [...named === undefined ? [] : [named], ...ends]
  return [text, ...counting.map(({ number, rest }) => `${rest}\u0000${number - page}`)]
}
