/** Words in a form on which two programs that read the same page agree. */

/** Scripts that put no space between words are compared letter by letter. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[\p{L}\p{N}]+/gu

/** All but letters that stay as they are, among them those of Chinese and Korean: normalization takes longer than all the rest. */
const special = /[^\0-\u007f\u3001-\u3011\u4e00-\u9fff\uac00-\ud7a3\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]+/g
/** Dashes, quotation marks and hard spaces, which occur in most texts. */
const isTypographic = /^[\u00a0\u2013-\u2026]+$/
const isAscii = /^[\0-\u007f]*$/

/** Without accents and marks, which programs join to their letters in different ways. */
export const plain = (text: string): string => withoutMarks(text).toLowerCase()

/** With small letters beyond ASCII. */
const withoutMarks = (text: string): string =>
  text.replaceAll(special, (run) => isTypographic.test(run) ? " " : plainRun(run))

const plainRun = (run: string): string =>
  run.normalize("NFKD").replaceAll(/\p{M}+/gu, "").replaceAll(/[^\0-\u007f\p{L}\p{N}]+/gu, " ").normalize("NFC")
    .toLowerCase()

/** Of plain text. */
export const wordsOf = (text: string): ReadonlyArray<string> =>
  isAscii.test(text) ? text.match(/[a-z0-9]+/g) ?? [] : (text.match(word) ?? []).map(lettersOf)

export interface Squeezed {
  readonly letters: string
  readonly words: number
}

/**
 * The letters and digits of a text alone, the same however words are spaced, divided or marked up, and how many words they
 * are. `lines` keeps the line ends. By hand, on bytes: regular expressions take ten times as long.
 */
export const squeezed = (text: string, lines = false): Squeezed => {
  const bytes = utf8.encode(withoutMarks(text))
  let kept = 0
  let words = 0
  let isInWord = false
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0
    if (first < 128) {
      const small = smallAscii[first] ?? 0
      if (small !== 0) {
        bytes[kept++] = small
        if (!isInWord) words++
      } else if (lines && first === lineEnd) bytes[kept++] = first
      isInWord = small !== 0
      at++
      continue
    }
    const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const kind = kindOf(codeAt(bytes, at, length))
    if (kind !== other) {
      if (kind === single || !isInWord) words++
      bytes.copyWithin(kept, at, at + length)
      kept += length
    }
    isInWord = kind === letter
    at += length
  }
  return { letters: unicode.decode(bytes.subarray(0, kept)), words }
}

/** The bits of a code point are six to a byte, and fewer in the first. */
const codeAt = (bytes: Uint8Array, at: number, length: number): number => {
  let code = (bytes[at] ?? 0) & (0x7f >> length)
  for (let next = at + 1; next < at + length; next++) code = (code << 6) | ((bytes[next] ?? 0) & 0x3f)
  return code
}

const utf8 = new TextEncoder()
const unicode = new TextDecoder("utf-8", { ignoreBOM: true })
const lineEnd = 10
const other = 1
const letter = 2
/** Each is a word. */
const single = 3
const isLetter = /[\p{L}\p{N}]/u
const isSingle = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

const kindIn = (character: string): number =>
  isSingle.test(character) ? single : isLetter.test(character) ? letter : other

/** The small letter or the digit; 0 for other signs. */
const smallAscii = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return isLetter.test(character) ? character.toLowerCase().charCodeAt(0) : 0
})
/** Filled in when a character first occurs; 0 before. */
const ofOthers = new Uint8Array(0x110000)

const kindOf = (code: number): number => {
  const known = ofOthers[code]
  if (known !== undefined && known !== 0) return known
  const kind = kindIn(String.fromCodePoint(code))
  ofOthers[code] = kind
  return kind
}

/** How often each word occurs. */
export const countWords = (words: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1)
  return counts
}

const rightToLeft = /[\u0590-\u08ff]/

/** Programs differ in the order of right-to-left letters: such words are compared by their letters. */
const lettersOf = (each: string): string => rightToLeft.test(each) ? [...each].sort().join("") : each
