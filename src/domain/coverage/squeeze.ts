/** The letters of a text without what lies between them, in one pass over its UTF-16 units. */
import { decomposed } from "./words.ts"

export interface Squeezed {
  readonly letters: string
  readonly words: number
}

/**
 * The letters and digits of a text alone, the same however words are spaced, divided or marked up, and how many words they
 * are. `lines` keeps the line ends; in `markdown`, the address of a link is not part of the text. By a table, in an array
 * and in place: regular expressions take ten times as long, and reading from a string twice.
 */
export const squeezed = (text: string, of: "lines" | "markdown"): Squeezed => {
  // The parts of Korean syllables are letters; the table has only one unit for each.
  const source = unitsOf(jamo.test(text) ? text.normalize("NFC") : text)
  let units = source
  let kept = 0
  let words = 0
  /** 1 or 0: what most units need is done without a branch, because words are too short to be foreseen by a processor. */
  let inWord = 0
  for (let at = 0; at < source.length; at++) {
    const code = source[at] ?? 0
    let fold = folds[code] ?? unknown
    if (fold === unknown) fold = folds[code] = foldOf(String.fromCharCode(code))
    if (fold < 2 * letter) {
      const isLetter = fold >>> 16
      units[kept] = fold
      kept += isLetter
      words += isLetter & ~inWord
      inWord = isLetter
    } else if (fold === lineEnd) {
      inWord = 0
      if (of === "lines") units[kept++] = newLine
    } else if (fold === bracket) {
      inWord = 0
      if (of === "markdown") at = endOfAddress(source, at)
    } else if (fold >= single) {
      units[kept++] = fold - single
      words++
      inWord = 0
    } else if (fold === several) {
      const isPair = isHigh(code) && isLow(source[at + 1] ?? 0)
      const letters = lettersOf(isPair ? String.fromCharCode(code, source[++at] ?? 0) : String.fromCharCode(code))
      if (kept + letters.length > (units === source ? at + 1 : units.length - (source.length - at))) {
        units = withRoom(units, 2 * source.length + kept + letters.length)
      }
      const each = isSingle.test(letters)
      for (let i = 0; i < letters.length; i++) {
        const unit = letters.charCodeAt(i)
        const isLetter = unit === space ? 0 : 1
        units[kept] = unit
        kept += isLetter
        words += isLetter & ~inWord
        inWord = each ? 0 : isLetter
      }
    }
  }
  return { letters: Buffer.from(units.buffer, 0, 2 * kept).toString("utf16le"), words }
}

/** Most texts share an array, because a new one takes longer than a page. */
const shared = new Uint16Array(0x20000)

const unitsOf = (text: string): Uint16Array<ArrayBuffer> => {
  const units = text.length <= shared.length ? shared.subarray(0, text.length) : new Uint16Array(text.length)
  Buffer.from(units.buffer).write(text, "utf16le")
  return units
}

const withRoom = (units: Uint16Array, length: number): Uint16Array<ArrayBuffer> => {
  const longer = new Uint16Array(length)
  longer.set(units.length > length ? units.subarray(0, length) : units)
  return longer
}

const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00
const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000

const jamo = /[\u1100-\u11ff]/
const newLine = 10
const space = 32

/** What becomes of a unit: 0 for a gap between words; a letter of a word, and this much more than it; or one of the others. */
const letter = 0x10000
/** A mark, or a place where a word may be divided. */
const nothing = 0x20000
/** Half of a character, or one that consists of several. */
const several = 0x20001
const lineEnd = 0x20002
/** The end of a link's text. */
const bracket = 0x20003
/** It has not occurred yet. */
const unknown = 0x20004
/** A letter that is a word, and this much more than it. */
const single = 0x30000
const folds = new Int32Array(0x10000).fill(unknown)

const isSingle = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u
const isLetter = /[\p{L}\p{N}]/u

const foldOf = (unit: string): number => {
  if (!unit.isWellFormed()) return several
  if (unit === "\n") return lineEnd
  if (unit === "]") return bracket
  if (unit < "\u0080") return isLetter.test(unit) ? letter + unit.toLowerCase().charCodeAt(0) : 0
  const letters = lettersOf(unit)
  if (letters === "") return nothing
  if (letters.length > 1) return several
  return letters === " " ? 0 : (isSingle.test(letters) ? single : letter) + letters.charCodeAt(0)
}

/** Syllables of Korean stay whole. */
const lettersOf = (character: string): string =>
  character >= "\uac00" && character <= "\ud7a3" ? character : decomposed(character).toLowerCase()

/** The last place of `](address)`, or the bracket's own. */
const endOfAddress = (units: Uint16Array, bracketAt: number): number => {
  if (units[bracketAt + 1] !== opening) return bracketAt
  for (let at = bracketAt + 2; at < units.length; at++) {
    const code = units[at] ?? space
    if (code === closing) return at
    if (code <= space || code === opening) break
  }
  return bracketAt
}

const opening = 40
const closing = 41
