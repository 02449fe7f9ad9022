/** What of each page of the source is in the parsed text. Most lines are there as they are, so that their words need not be counted. */
import { missingWords, ticksIn, wordsIn } from "./lines.ts"
import type { Parsed } from "./parsed.ts"
import { findRunningHeads } from "./runningHeads.ts"
import type { SourceLine, SourcePage } from "./Source.ts"
import { squeezed } from "./squeeze.ts"

/** Of a line: with fewer words missing, programs may have read them differently. */
const mostOfLine = 0.75
export const fewestWords = 2
/** A line of one long word counts as well. */
const longWord = 8

interface Found {
  readonly words: number
  readonly found: number
  /** Neighbouring lines that are there as they are, and how many of them are in the same order. */
  readonly pairs: number
  readonly ordered: number
  /** Lines that are missing as a whole. */
  readonly missing: ReadonlyArray<SourceLine>
  /** The parsed page has no text at all. */
  readonly isBlank: boolean
}

/** Pages are searched in their order. */
export const makeSearch = (pages: ReadonlyArray<SourcePage>, parsed: Parsed): (page: SourcePage) => Found => {
  const texts: Array<string> = []
  for (const { lines } of pages) for (const { text } of lines) texts.push(text)
  const { ends, units, words } = squeezed(texts, "source")
  let heads: ReturnType<typeof findRunningHeads> | undefined
  let next = 0
  return ({ lines, number }) => {
    const first = next
    next += lines.length
    // A word may be divided at a page's end, but a field's value is on its page.
    const around = parsed.around(number)
    const on = parsed.on(number)
    const others = new Set<SourceLine>()
    const isBlank = parsed.isBlank(number)
    let ticks = 0
    let pairs = 0
    let ordered = 0
    let last = -1
    let start = ends[first - 1] ?? 0
    let wordsBefore = words[first - 1] ?? 0
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]
      const end = ends[first + i] ?? start
      const wordsUntil = words[first + i] ?? wordsBefore
      if (line !== undefined) {
        const isValue = line.kind === "form_value"
        if (isValue) ticks += ticksIn(line)
        const place = (isValue ? on : around)(units, start, end)
        if (place === -1) others.add(line)
        else if (!isValue && wordsUntil - wordsBefore > 1) {
          if (last !== -1) {
            pairs++
            if (place > last) ordered++
          }
          last = place
        }
      }
      start = end
      wordsBefore = wordsUntil
    }
    const order = { pairs, ordered, isBlank }
    const all = wordsBefore - (words[first - 1] ?? 0) - ticks
    if (others.size === 0 && !isBlank) return { ...order, words: all, found: all, missing: [] }
    heads ??= findRunningHeads(pages)
    return { ...order, ...lossesOf(number, lines, others, heads, parsed) }
  }
}

/** Without lines that parsers leave out on purpose. */
const lossesOf = (
  page: number,
  all: ReadonlyArray<SourceLine>,
  notThere: ReadonlySet<SourceLine>,
  isRunningHead: (page: number, line: string) => boolean,
  parsed: Parsed
) => {
  const lines = all.filter(({ kind, text }) => kind !== "lines" || !isRunningHead(page, text))
  const others = lines.filter((line) => notThere.has(line))
  const lost = others.length === 0
    ? new Map<SourceLine, ReadonlyArray<string>>()
    : missingWords(parsed.counts(page), lines.filter((line) => !notThere.has(line)), others)
  const words = lines.reduce((sum, line) => sum + wordsIn(line).length, 0)
  return {
    words,
    found: words - others.reduce((sum, line) => sum + (lost.get(line)?.length ?? 0), 0),
    missing: others.filter((line) => isWhole(line, lost.get(line) ?? []))
  }
}

const isWhole = (line: SourceLine, lost: ReadonlyArray<string>): boolean =>
  lost.length > 0 && lost.length >= mostOfLine * wordsIn(line).length &&
  (line.kind === "form_value" || lost.length >= fewestWords || lost.some((each) => each.length >= longWord))
