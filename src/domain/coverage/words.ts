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

/** The letters and digits of plain text alone: the same however words are spaced, divided or marked up. */
export const squeezed = (text: string): string =>
  text.replaceAll(isAscii.test(text) ? /[^a-z0-9]+/g : /[^\p{L}\p{N}]+/gu, "")

/** How often each word occurs. */
export const countWords = (words: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1)
  return counts
}

const rightToLeft = /[\u0590-\u08ff]/

/** Programs differ in the order of right-to-left letters: of such a word, its letters are compared. */
const lettersOf = (each: string): string => rightToLeft.test(each) ? [...each].sort().join("") : each
