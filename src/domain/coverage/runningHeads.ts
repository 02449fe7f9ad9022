/** Lines that parsers leave out on purpose: running heads and feet, and page numbers. */
import type { SourcePage } from "./Source.ts"

/** In a document of a few pages, on half of them. */
const mostNeeded = 3

/**
 * The same on several pages, or the same but for one number that counts with the pages. Lines whose numbers differ in
 * another way, such as rows of a table, are not running heads.
 */
export const findRunningHeads = (pages: ReadonlyArray<SourcePage>): (page: number, line: string) => boolean => {
  // A single page repeats nothing.
  if (pages.length === 1) return (_, line) => line.length <= longest && isPageNumber(line.trim())
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

const keysOf = (page: number, line: string): ReadonlyArray<string> => {
  const text = line.trim()
  if (text.length > longest) return []
  const numbers = [...text.matchAll(/\d{1,5}/g)]
  // Of many, a page's number is the first or the last.
  const some = numbers.length > 3 ? [...numbers.slice(0, 1), ...numbers.slice(-1)] : numbers
  const counting = some.map((match) =>
    `${text.slice(0, match.index)}\u0000${Number(match[0]) - page}\u0000${text.slice(match.index + match[0].length)}`
  )
  return [text, ...counting]
}

const longestPageNumber = 30

const isPageNumber = (line: string): boolean => line.length <= longestPageNumber && pageNumber.test(line)

const pageNumber =
  /^\W*(?:page|seite|p[áa]gina|p\.)?\W*(?:\d{1,4}|[ivxlc]{1,6})(?:\W*(?:of|von|de|sur|\/)\W*\d{1,4})?\W*$/i
