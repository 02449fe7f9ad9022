/** The pages of a parsed text, to compare them and to replace some. */
import { canonicalText, pageMark, pageMarks } from "../text.ts"

/** By page number; 0 for what comes before the first page mark, or for a text without any. */
export const pagesOf = (markdown: string): Map<number, string> => {
  const pages = new Map<number, string>()
  let at = 0
  let page = 0
  const keep = (end: number) => {
    const text = markdown.slice(at, end)
    if (page > 0 || text.trim() !== "") pages.set(page, (pages.get(page) ?? "") + text)
  }
  for (const match of markdown.matchAll(pageMarks())) {
    keep(match.index)
    page = Number(match[1])
    at = match.index + match[0].length
  }
  keep(markdown.length)
  return pages
}

/** The text with other texts for some pages, which it need not have; for page 0, another text as a whole. */
export const withPages = (markdown: string, texts: ReadonlyMap<number, string>): string => {
  const whole = texts.get(0)
  if (whole !== undefined) return whole
  if (texts.size === 0) return markdown
  const pages = [...new Map([...pagesOf(markdown), ...texts])].sort(([a], [b]) => a - b)
  return canonicalText(
    pages.map(([page, text]) => page === 0 ? text.trim() : `${pageMark(page)}\n\n${text.trim()}`).join("\n\n")
  )
}
