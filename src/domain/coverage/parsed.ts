/** A parsed text by its pages, for the comparison with its source. */
import { type Finder, makeFinder, type Range } from "./finder.ts"
import { pagesOf } from "./pages.ts"
import { squeezed } from "./squeeze.ts"
import { countWords, plain, wordsOf } from "./words.ts"

export interface Parsed {
  readonly isBlank: (page: number) => boolean
  /** On a page, or on the one before or after it. */
  readonly around: (page: number) => Finder
  readonly on: (page: number) => Finder
  /** How often each word of a page occurs. */
  readonly counts: (page: number) => Map<string, number>
}

/** Parsers number the pages of documents that have none. */
export const makeParsed = (markdown: string, hasPages: boolean): Parsed => {
  const marked = parsedPages(markdown)
  const texts = hasPages ? marked : new Map([[0, [...marked.values()].join("\n")]])
  const numbers = [...texts.keys()].sort((a, b) => a - b)
  const { ends, units } = squeezed(numbers.map((page) => texts.get(page) ?? ""), "markdown")
  const places = new Map(
    numbers.map((page, i): [number, Range] => [page, { from: ends[i - 1] ?? 0, to: ends[i] ?? 0 }])
  )
  const nothing: Range = { from: 0, to: 0 }
  const countsOn = (page: number) => countWords(wordsOf(plain(withoutSigns(texts.get(page) ?? ""))))
  if (numbers.length === 1 && numbers[0] === 0) {
    const range = places.get(0) ?? nothing
    const [around, on] = [makeFinder(units, range, 0), makeFinder(units, range, 0)]
    let counts: Map<string, number> | undefined
    const isBlank = range.to === 0 && markdown.trim() === ""
    return { isBlank: () => isBlank, around: () => around, on: () => on, counts: () => counts ??= countsOn(0) }
  }
  return {
    isBlank: (page) => (texts.get(page) ?? "").trim() === "",
    around: (page) => {
      const some = [page - 1, page, page + 1].flatMap((each) => places.get(each) ?? [])
      const range = { from: some[0]?.from ?? 0, to: some.at(-1)?.to ?? 0 }
      return makeFinder(units, range, places.get(page)?.from ?? range.from)
    },
    on: (page) => {
      const range = places.get(page) ?? nothing
      return makeFinder(units, range, range.from)
    },
    counts: countsOn
  }
}

/** The note on a failed page is not text of the document. */
const parsedPages = (markdown: string): ReadonlyMap<number, string> =>
  markdown.includes("<!-- ") ? pagesOf(markdown.replaceAll("<!-- not parsed -->", " ")) : new Map([[0, markdown]])

/** Nor are the addresses of links, and the signs before a sign that is meant as it is. */
const withoutSigns = (markdown: string): string =>
  markdown.replaceAll(/\]\([^()\s]*\)/g, "]").replaceAll(/\\(?=\W)/g, "")
