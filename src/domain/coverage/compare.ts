/** Compares the source's own text with the parsed text, page by page. Pure. */
import type { Comparison, Omission } from "./Coverage.ts"
import { pagesOf } from "./pages.ts"
import { findRunningHeads } from "./runningHeads.ts"
import type { Source, SourceLine } from "./Source.ts"
import { countWords, plain, squeezed, wordsOf } from "./words.ts"

/** Of a line: with fewer words missing, programs may have read them differently. */
const mostOfLine = 0.75
const fewestWords = 2
/** A line of one long word counts, too. */
const longWord = 8
/** Parsers show the state of a box in many ways. */
const tick = "x"
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
  const plainAt = remembered((page) => plain(textOf(page)))
  const squeezedAt = remembered((page) => squeezed(plainAt(page)))
  const parsedWords = (page: number) => wordsOf(plainAt(page))
  const rest = whole ? countWords(parsedWords(0)) : new Map<string, number>()
  for (const page of pages) {
    const { hiddenLetters = 0, isScan, number } = page
    const text = textOf(number)
    if (hiddenLetters > 0) {
      omissions.push({ kind: "hidden_layer", page: number, count: hiddenLetters, detail: "The layer is switched off." })
    }
    const lines = wordsIn(page.lines.filter(({ kind, text: line }) => kind !== "lines" || !isRunningHead(number, line)))
    const words = lines.reduce((sum, line) => sum + line.words.length, 0)
    all.words += words
    if (text.trim() === "" && (words >= fewestWords || isScan)) {
      const detail = isScan ? "It is a picture without text." : "None of its words are in the parsed text."
      omissions.push({ kind: "page", page: number, count: 1, detail })
      shares.push({ page: number, share: 0 })
      continue
    }
    const counts = whole ? rest : countWords(parsedWords(number))
    const around = lazily(() => whole ? squeezedAt(0) : [number - 1, number, number + 1].map(squeezedAt).join(""))
    let found = 0
    const missing: Array<{ readonly text: string; readonly kind: SourceLine["kind"] }> = []
    let last = -1
    for (const line of lines) {
      const lost = line.words.filter((each) => !take(counts, each))
      // A word may be divided at a page's end, but a field's value is on its page.
      const isLost = lost.length > 0 &&
        !(line.kind === "lines" ? around() : squeezedAt(number)).includes(squeezed(line.plain))
      found += isLost ? line.words.length - lost.length : line.words.length
      if (isLost && isWhole(line, lost)) missing.push(line)
      if (whole || isLost || line.words.length < fewestWords) continue
      const at = text.indexOf(line.text.trim())
      if (at === -1) continue
      if (last !== -1) {
        all.pairs++
        if (at > last) all.ordered++
      }
      last = at
    }
    all.found += found
    if (words > 0) shares.push({ page: number, share: round(found / words) })
    for (const kind of ["lines", "form_value"] as const) {
      const some = missing.filter((line) => line.kind === kind)
      const [first] = some
      if (first === undefined) continue
      const quote = first.text.trim().slice(0, quoted)
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

interface Words extends SourceLine {
  readonly plain: string
  readonly words: ReadonlyArray<string>
}

/** All lines at once, which is faster than one by one. */
const wordsIn = (lines: ReadonlyArray<SourceLine>): ReadonlyArray<Words> => {
  const texts = plain(lines.map(({ text }) => text.replaceAll(/\s/g, " ")).join("\n")).split("\n")
  return lines.map((line, i) => {
    const text = texts[i] ?? ""
    const words = wordsOf(text)
    return { ...line, plain: text, words: line.kind === "lines" ? words : words.filter((each) => each !== tick) }
  })
}

const round = (share: number): number => Math.round(share * 10_000) / 10_000

const isWhole = ({ kind, words }: Words, lost: ReadonlyArray<string>): boolean =>
  lost.length >= mostOfLine * words.length &&
  (kind === "form_value" || lost.length >= fewestWords || lost.some((each) => each.length >= longWord))

const take = (counts: Map<string, number>, each: string): boolean => {
  const left = counts.get(each) ?? 0
  if (left > 0) counts.set(each, left - 1)
  return left > 0
}

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

/** Links' addresses and comments are no words of the page. */
const parsedPages = (markdown: string): ReadonlyMap<number, string> =>
  new Map(
    [...pagesOf(markdown)].map(([page, text]) =>
      [page, text.replaceAll(/<!--[^<>]*-->/g, " ").replaceAll(/\\(?=\W)/g, "")] as const
    )
  )
