/** The letters of texts without what lies between them, in one pass over their UTF-16 units. */
import { decomposed } from "./words.ts"

/** Texts without what lies between their letters, one after the other. */
export interface Squeezed {
  readonly units: Uint16Array
  /** Where the letters of each text end. */
  readonly ends: ReadonlyArray<number>
  /** How many words there are up to there. */
  readonly words: ReadonlyArray<number>
}

/**
 * Letters and digits are the same however words are spaced, divided or marked up; addresses of links are left out. The result is
 * valid until the next call with the same `of`, because the memory is reused.
 */
export const squeezed = (texts: ReadonlyArray<string>, of: "source" | "markdown"): Squeezed => {
  const { all, text } = composed(texts)
  const pass = passOver(text, rooms[of])
  const words: Array<number> = []
  let end = 0
  const ends = all.map((each) => {
    end = Math.min(end + each.length + 1, text.length)
    squeeze(pass, end)
    words.push(pass.words)
    return pass.kept
  })
  return { units: pass.units, ends, words }
}

/** The parts of Korean syllables are letters; the table has only one unit for each. */
const jamo = /[\u1100-\u11ff]/

/** In one text, because that is faster than one by one. */
const composed = (texts: ReadonlyArray<string>): { readonly all: ReadonlyArray<string>; readonly text: string } => {
  const text = texts.join("\n")
  if (!jamo.test(text)) return { all: texts, text }
  const all = texts.map((each) => each.normalize("NFC"))
  return { all, text: all.join("\n") }
}

/** One way over a text: the units that are kept replace those that were read. */
interface Pass {
  readonly source: Uint16Array<ArrayBuffer>
  /** The same array, unless there were more letters than units. */
  units: Uint16Array<ArrayBuffer>
  at: number
  kept: number
  words: number
  /** 1 or 0: what most units need is done without a branch, because words are too short to be foreseen by a processor. */
  inWord: number
}

const passOver = (text: string, room: Uint16Array<ArrayBuffer>): Pass => {
  const source = text.length <= room.length ? room.subarray(0, text.length) : new Uint16Array(text.length)
  Buffer.from(source.buffer).write(text, "utf16le")
  return { source, units: source, at: 0, kept: 0, words: 0, inWord: 0 }
}

/**
 * By a table and in an array: regular expressions take ten times as long, and reading from a string twice. What is rare is
 * in a function of its own, for a loop that is compiled well.
 */
const squeeze = (pass: Pass, to: number): void => {
  for (squeezeUsual(pass, pass.source, pass.units, to); pass.at < to; squeezeUsual(pass, pass.source, pass.units, to)) {
    squeezeRare(pass)
  }
}

/** Until a unit that needs more. */
const squeezeUsual = (pass: Pass, source: Uint16Array, units: Uint16Array, to: number): void => {
  let { at, inWord, kept, words } = pass
  for (; at < to; at++) {
    const fold = folds[source[at] ?? 0] ?? unknown
    if (fold < 2 * letter) {
      const isLetter = fold >>> 16
      units[kept] = fold
      kept += isLetter
      words += isLetter & ~inWord
      inWord = isLetter
    } else if (fold >= single) {
      units[kept++] = fold - single
      words++
      inWord = 0
    } else break
  }
  pass.at = at
  pass.inWord = inWord
  pass.kept = kept
  pass.words = words
}

const squeezeRare = (pass: Pass): void => {
  const code = pass.source[pass.at] ?? 0
  const fold = folds[code] ?? unknown
  // The loop goes on with what it is.
  if (fold === unknown) return void (folds[code] = foldOf(String.fromCharCode(code)))
  if (fold === bracket) {
    pass.inWord = 0
    pass.at = endOfAddress(pass.source, pass.at)
  } else if (fold === several) addSeveral(pass, code)
  pass.at++
}

const addSeveral = (pass: Pass, code: number): void => {
  const { source } = pass
  const next = source[pass.at + 1] ?? 0
  const isPair = isHigh(code) && isLow(next)
  if (isPair) pass.at++
  const letters = knownLettersOf(isPair ? (code << 16) + next : code)
  if (
    pass.kept + letters.length > (pass.units === source ? pass.at + 1 : pass.units.length - (source.length - pass.at))
  ) {
    pass.units = withRoom(pass.units, 2 * source.length + pass.kept + letters.length)
  }
  const each = isSingle.test(letters)
  for (let i = 0; i < letters.length; i++) {
    const unit = letters.charCodeAt(i)
    const isLetter = unit === space ? 0 : 1
    pass.units[pass.kept] = unit
    pass.kept += isLetter
    pass.words += isLetter & ~pass.inWord
    pass.inWord = each ? 0 : isLetter
  }
}

/** Most texts share memory, because to allocate it takes longer than a page. */
const rooms = { source: new Uint16Array(0x40000), markdown: new Uint16Array(0x40000) }

const withRoom = (units: Uint16Array, length: number): Uint16Array<ArrayBuffer> => {
  const longer = new Uint16Array(length)
  longer.set(units.length > length ? units.subarray(0, length) : units)
  return longer
}

const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00
const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000

const space = 32

/** What becomes of a unit: 0 for a gap between words; a letter of a word, and this much more than it; or one of the others. */
const letter = 0x10000
/** A mark, or a place where a word may be divided. */
const nothing = 0x20000
/** Half of a character, or one that consists of several. */
const several = 0x20001
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

/** Of a unit, or of two, the first of which is the upper half of the number. */
const knownLettersOf = (units: number): string => {
  const known = severals.get(units)
  if (known !== undefined) return known
  const unit = String.fromCharCode(units & 0xffff)
  const letters = lettersOf(units >>> 16 === 0 ? unit : String.fromCharCode(units >>> 16) + unit)
  if (severals.size < mostKnown) severals.set(units, letters)
  return letters
}

const severals = new Map<number, string>()
const mostKnown = 10_000

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
