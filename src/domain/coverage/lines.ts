/** Which lines of the source are in a parsed text. Most are there as they are, so that their words need not be counted. */
import type { SourceLine } from "./Source.ts"
import { plain, squeezed, wordsOf } from "./words.ts"

export interface Line extends SourceLine {
  readonly plain: string
  /** Its letters and digits alone. */
  readonly letters: string
}

export interface Lines {
  readonly lines: ReadonlyArray<Line>
  readonly words: number
}

/** All lines at once, which is faster than one by one. */
export const readLines = (lines: ReadonlyArray<SourceLine>): Lines => {
  const joined = plain(lines.map(({ text }) => text.includes("\n") ? text.replaceAll("\n", " ") : text).join("\n"))
  const texts = joined.split("\n")
  const { letters, words } = squeezed(joined, true)
  const parts = letters.split("\n")
  const values = texts.filter((_, i) => lines[i]?.kind === "form_value")
  return {
    lines: lines.map((line, i) => ({ ...line, plain: texts[i] ?? "", letters: parts[i] ?? "" })),
    words: words - wordsOf(values.join("\n")).filter(isTick).length
  }
}

/** Parsers show the state of a box in many ways. */
const isTick = (word: string): boolean => word === "x"

export const wordsIn = ({ kind, plain: text }: Line): ReadonlyArray<string> =>
  kind === "lines" ? wordsOf(text) : wordsOf(text).filter((each) => !isTick(each))

/** A parser mostly keeps the order: the next line is looked for here first. */
const near = 500
/** How often a text is searched as a whole before words are counted instead. */
const mostSearches = 1_000

/** Finds lines in a text by their letters, however they are spaced and divided there. */
export const makeFinder = (letters: string): (line: string) => boolean => {
  let at = 0
  let searches = 0
  return (line) => {
    const there = letters.slice(at, at + line.length + near).indexOf(line)
    if (there !== -1) {
      at += there + line.length
      return true
    }
    if (searches++ >= mostSearches) return false
    const elsewhere = letters.indexOf(line)
    if (elsewhere === -1) return false
    if (line.length > 20) at = elsewhere + line.length
    return true
  }
}

/** Of the lines that are not there as they are, the words that are left once those of the others are taken. */
export const missingWords = (
  counts: Map<string, number>,
  found: ReadonlyArray<Line>,
  others: ReadonlyArray<Line>
): ReadonlyMap<Line, ReadonlyArray<string>> => {
  for (const line of found) for (const word of wordsIn(line)) take(counts, word)
  return new Map(others.map((line) => [line, wordsIn(line).filter((each) => !take(counts, each))]))
}

const take = (counts: Map<string, number>, each: string): boolean => {
  const left = counts.get(each) ?? 0
  if (left > 0) counts.set(each, left - 1)
  return left > 0
}
