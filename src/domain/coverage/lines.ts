/** The words of the source's lines, and which of them a parsed text lacks. */
import type { SourceLine } from "./Source.ts"
import { plain, wordsOf } from "./words.ts"

/** Parsers show the state of a box in many ways. */
const isTick = (word: string): boolean => word === "x"

export const wordsIn = ({ kind, text }: SourceLine): ReadonlyArray<string> =>
  kind === "lines" ? wordsOf(plain(text)) : wordsOf(plain(text)).filter((each) => !isTick(each))

export const ticksIn = ({ kind, text }: SourceLine): number =>
  kind === "lines" ? 0 : wordsOf(plain(text)).filter(isTick).length

/** Of the lines that are not there unchanged, the words that remain once those of the other lines are taken. */
export const missingWords = (
  counts: Map<string, number>,
  found: ReadonlyArray<SourceLine>,
  others: ReadonlyArray<SourceLine>
): ReadonlyMap<SourceLine, ReadonlyArray<string>> => {
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
