/** Which lines of the source are in a parsed text. Most are there as they are, so that their words need not be counted. */
import type { SourceLine } from "./Source.ts"
import { squeezedLines } from "./squeeze.ts"
import { plain, wordsOf } from "./words.ts"

export interface Line extends SourceLine {
  /** Its letters and digits alone. */
  readonly letters: string
}

export interface Lines {
  readonly lines: ReadonlyArray<Line>
  readonly words: number
}

export const readLines = (lines: ReadonlyArray<SourceLine>): Lines => {
  const { letters, words } = squeezedLines(lines.map(({ text }) => text))
  const ticks = lines.reduce(
    (sum, { kind, text }) => kind === "lines" ? sum : sum + wordsOf(plain(text)).filter(isTick).length,
    0
  )
  return {
    lines: lines.map(({ kind, text }, i) => ({ text, kind, letters: letters[i] ?? "" })),
    words: words - ticks
  }
}

/** Parsers show the state of a box in many ways. */
const isTick = (word: string): boolean => word === "x"

export const wordsIn = ({ kind, text }: SourceLine): ReadonlyArray<string> =>
  kind === "lines" ? wordsOf(plain(text)) : wordsOf(plain(text)).filter((each) => !isTick(each))

/** A parser mostly keeps the order: the next line is looked for here first. */
const near = 500
/** How often a whole text is searched before words are counted instead. */
const mostSearches = 1_000

/** Finds lines in a text by their letters, however they are spaced and divided there. */
export const makeFinder = (letters: string): (line: string) => boolean => {
  let at = 0
  let searches = 0
  return (line) => {
    if (letters.startsWith(line, at)) {
      at += line.length
      return true
    }
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

/** Of the lines that are not there unchanged, the words that remain once those of the other lines are taken. */
export const missingWords = (
  counts: Map<string, number>,
  found: ReadonlyArray<Line>,
  others: ReadonlyArray<Line>
): ReadonlyMap<Line, ReadonlyArray<string>> => {
  const text = found.flatMap(({ kind, text }) => kind === "lines" ? [text] : []).join("\n")
  for (const word of wordsOf(plain(text))) take(counts, word)
  for (const line of found) if (line.kind === "form_value") { for (const word of wordsIn(line)) take(counts, word) }
  return new Map(others.map((line) => [line, wordsIn(line).filter((each) => !take(counts, each))]))
}

const take = (counts: Map<string, number>, each: string): boolean => {
  const left = counts.get(each) ?? 0
  if (left > 0) counts.set(each, left - 1)
  return left > 0
}
