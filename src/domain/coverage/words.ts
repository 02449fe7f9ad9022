/** Words as two programs that read the same page agree on them. */

/** Scripts that put no space between words are compared letter by letter. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[\p{L}\p{N}]+/gu

/** All but letters that stay as they are, among them those of Chinese and Korean: normalization takes longer than all the rest. */
const special =
  /[^\0-\u007f\u2013-\u2026\u3001-\u3011\u4e00-\u9fff\uac00-\ud7a3\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]+/g
const isAscii = /^[\0-\u007f]*$/

/** Without accents and marks, which programs join to their letters in different ways. */
export const plain = (text: string): string => text.replaceAll(special, withoutMarks).toLowerCase()

const withoutMarks = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}+/gu, "").normalize("NFC")

/** Of plain text. */
export const wordsOf = (text: string): ReadonlyArray<string> =>
  isAscii.test(text) ? text.match(/[a-z0-9]+/g) ?? [] : (text.match(word) ?? []).map(lettersOf)

/**
 * The letters and digits of plain text alone, the same however words are spaced, divided or marked up, and how many words
 * they are. `lines` keeps the line ends. By hand: regular expressions take five times as long.
 */
export const squeezed = (text: string, lines = false): { readonly letters: string; readonly words: number } => {
  const buffer = new Uint16Array(text.length)
  let kept = 0
  let words = 0
  let isInWord = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const kind = code < 128 ? ofAscii[code] : kindOf(text, at, code)
    if (kind === other) {
      isInWord = false
      if (!lines || code !== lineEnd) continue
    } else {
      if (kind === single || !isInWord) words++
      isInWord = kind === letter
    }
    buffer[kept++] = code
    if (code >= 0xd800 && code < 0xdc00) buffer[kept++] = text.charCodeAt(++at)
  }
  return { letters: utf16.decode(buffer.subarray(0, kept)), words }
}

const utf16 = new TextDecoder("utf-16le")
const lineEnd = 10
const other = 1
const letter = 2
/** Each is a word. */
const single = 3
const isLetter = /[\p{L}\p{N}]/u
const isSingle = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

const kindIn = (character: string): number =>
  isSingle.test(character) ? single : isLetter.test(character) ? letter : other

const ofAscii = Uint8Array.from({ length: 128 }, (_, code) => kindIn(String.fromCharCode(code)))
/** Found out when it first occurs; 0 before. */
const ofOthers = new Uint8Array(0x10000)

const kindOf = (text: string, at: number, code: number): number => {
  if (code >= 0xd800 && code < 0xdc00) return kindIn(String.fromCodePoint(text.codePointAt(at) ?? 0))
  const known = ofOthers[code]
  if (known !== undefined && known !== 0) return known
  const kind = kindIn(String.fromCharCode(code))
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

/** Programs differ in the order of right-to-left letters: of such a word, its letters are compared. */
const lettersOf = (each: string): string => rightToLeft.test(each) ? [...each].sort().join("") : each
