/** Finds lines of the source in a parsed text by their letters, however they are spaced and divided there. */

/** A parser mostly keeps the order: the next line is looked for here first. */
const near = 500
/** How often a whole text is searched before words are counted instead. */
const mostSearches = 1_000
/** A shorter line may occur anywhere by chance. */
const telling = 20

/** Part of an array of letters; `to` is not in it. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The place of the line whose letters stand from `from` up to `to`; -1 if there is none, or after too many searches. */
export type Finder = (letters: Uint16Array, from: number, to: number) => number

/** Of lines within a range of the text; the first is looked for at `start`. */
export const makeFinder = (text: Uint16Array, range: Range, start: number): Finder => {
  let next = start
  let searches = 0
  let whole: string | undefined
  return (letters, from, to) => {
    const length = to - from
    const last = Math.min(next + near, range.to - length)
    for (let place = next; place <= last; place++) {
      if (!isAt(text, place, letters, from, to)) continue
      next = place + length
      return place
    }
    if (searches++ >= mostSearches) return -1
    whole ??= textOf(text, range.from, range.to)
    const there = whole.indexOf(textOf(letters, from, to))
    if (there === -1) return -1
    if (length > telling) next = range.from + there + length
    return range.from + there
  }
}

const isAt = (text: Uint16Array, place: number, letters: Uint16Array, from: number, to: number): boolean => {
  for (let at = from, other = place; at < to; at++, other++) if (letters[at] !== text[other]) return false
  return true
}

const textOf = (units: Uint16Array, from: number, to: number): string =>
  Buffer.from(units.buffer, units.byteOffset + 2 * from, 2 * (to - from)).toString("utf16le")
