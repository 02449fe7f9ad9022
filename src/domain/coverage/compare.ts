/** Compares the source's own text with the parsed text, page by page. Pure. */
import type { Comparison, Omission } from "./Coverage.ts"
import { type Line, makeFinder, missingWords, readLines, wordsIn } from "./lines.ts"
import { pagesOf } from "./pages.ts"
import { findRunningHeads } from "./runningHeads.ts"
import type { Source } from "./Source.ts"
import { squeezed } from "./squeeze.ts"
import { countWords, plain, wordsOf } from "./words.ts"

/** Of a line: with fewer words missing, programs may have read them differently. */
const mostOfLine = 0.75
const fewestWords = 2
/** A line of one long word counts as well. */
const longWord = 8
const lowestPages = 10
const quoted = 60

export const compare = ({ attachments = 0, pages }: Source, markdown: string): Comparison => {
  const marked = parsedPages(markdown)
  // Parsers number the pages of documents that have none.
  const parsed = pages.every(({ number }) => number === 0) ? new Map([[0, [...marked.values()].join("\n")]]) : marked
  const whole = parsed.size === 1 && parsed.has(0)
  const isRunningHead = findRunningHeads(pages)
  const omissions: Array<Omission> = []
  const shares: Array<{ readonly page: number; readonly share: number }> = []
  const all = { words: 0, found: 0, pairs: 0, ordered: 0 }
  const textOf = (page: number) => parsed.get(whole ? 0 : page) ?? ""
  const lettersAt = remembered((page) => squeezed(textOf(page)).letters)
  const countsAt = (page: number) => countWords(wordsOf(plain(withoutSigns(textOf(page)))))
  const countsOfWhole = lazily(() => countsAt(0))
  const isInWhole = lazily(() => makeFinder(lettersAt(0)))
  for (const page of pages) {
    const { hiddenLetters = 0, isScan, number } = page
    const text = textOf(number)
    if (hiddenLetters > 0) {
      omissions.push({ kind: "hidden_layer", page: number, count: hiddenLetters, detail: "It is not shown." })
    }
    const { lines, words } = readLines(
      page.lines.filter(({ kind, text: line }) => kind !== "lines" || !isRunningHead(number, line))
    )
    all.words += words
    if (text.trim() === "" && (words >= fewestWords || isScan)) {
      const detail = isScan ? "It is a picture without text." : "None of its words are in the parsed text."
      omissions.push({ kind: "page", page: number, count: 1, detail })
      shares.push({ page: number, share: 0 })
      continue
    }
    // A word may be divided at a page's end, but a field's value is on its page.
    const isAround = whole ? isInWhole() : makeFinder([number - 1, number, number + 1].map(lettersAt).join(""))
    const isThere = ({ kind, letters }: Line) =>
      kind === "lines" ? isAround(letters) : (whole ? lettersAt(0) : lettersAt(number)).includes(letters)
    const others = lines.filter((line) => !isThere(line))
    const isOther = new Set(others)
    const lost = others.length === 0 ? new Map<Line, ReadonlyArray<string>>() : missingWords(
      whole ? countsOfWhole() : countsAt(number),
      lines.filter((line) => !isOther.has(line)),
      others
    )
    const found = words - others.reduce((sum, line) => sum + (lost.get(line)?.length ?? 0), 0)
    const missing = others.filter((line) => isWhole(line, lost.get(line) ?? []))
    if (!whole) {
      const shown = withoutSigns(text)
      let last = -1
      for (const line of lines) {
        if ((lost.get(line)?.length ?? 0) > 0 || !line.text.trim().includes(" ")) continue
        const at = shown.indexOf(line.text.trim())
        if (at === -1) continue
        if (last !== -1) {
          all.pairs++
          if (at > last) all.ordered++
        }
        last = at
      }
    }
    all.found += found
    if (words > 0) shares.push({ page: number, share: round(found / words) })
    for (const kind of ["lines", "form_value"] as const) {
      const some = missing.filter((line) => line.kind === kind)
      const [first] = some
      if (first === undefined) continue
      const quote = first.text.trim().replaceAll(/\s+/g, " ").slice(0, quoted)
      omissions.push({ kind, page: number, count: some.length, detail: `The first is: ${quote}` })
    }
  }
  if (attachments > 0) {
    omissions.push({ kind: "attachment", page: 0, count: attachments, detail: "Attached files are not read." })
  }
  const incomplete = shares.filter(({ share }) => share < 1).sort((a, b) => a.share - b.share)
  return {
    _tag: "Compared",
    shares: incomplete,
    coverage: {
      pages: pages.filter(({ number }) => number > 0).length,
      words: all.words,
      found: all.found,
      order: all.pairs === 0 ? 1 : round(all.ordered / all.pairs),
      lowest: incomplete.slice(0, lowestPages)
    },
    omissions
  }
}

const round = (share: number): number => Math.round(share * 10_000) / 10_000

const isWhole = (line: Line, lost: ReadonlyArray<string>): boolean =>
  lost.length > 0 && lost.length >= mostOfLine * wordsIn(line).length &&
  (line.kind === "form_value" || lost.length >= fewestWords || lost.some((each) => each.length >= longWord))

const lazily = <A>(make: () => A): () => A => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

const remembered = <A>(make: (page: number) => A): (page: number) => A => {
  const made = new Map<number, A>()
  return (page) => {
    const known = made.get(page)
    if (known !== undefined) return known
    const value = make(page)
    made.set(page, value)
    return value
  }
}

/** The note on a failed page is not text of the document. */
const parsedPages = (markdown: string): ReadonlyMap<number, string> =>
  markdown.includes("<!-- ") ? pagesOf(markdown.replaceAll("<!-- not parsed -->", " ")) : new Map([[0, markdown]])

/** Nor are the addresses of links, and the signs before a sign that is meant as it is. */
const withoutSigns = (markdown: string): string =>
  markdown.replaceAll(/\]\([^()\s]*\)/g, "]").replaceAll(/\\(?=\W)/g, "")
