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

const plainRun = (run: string): string => decomposed(run).normalize("NFC").toLowerCase()

/** In the parts that characters consist of, without marks and places where a word may be divided; other signs are spaces. */
export const decomposed = (run: string): string =>
  run.normalize("NFKD").replaceAll(/[\p{M}\u00ad\u200b-\u200d\u2060]+/gu, "")
    .replaceAll(/[^\0-\u007f\p{L}\p{N}]+/gu, " ")

/** Of plain text. */
export const wordsOf = (text: string): ReadonlyArray<string> =>
  isAscii.test(text) ? text.match(/[a-z0-9]+/g) ?? [] : (text.match(word) ?? []).map(lettersOf)

/** How often each word occurs. */
export const countWords = (words: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1)
  return counts
}

const rightToLeft = /[\u0590-\u08ff]/

/** Programs differ in the order of right-to-left letters: such words are compared by their letters. */
const lettersOf = (each: string): string => rightToLeft.test(each) ? [...each].sort().join("") : each
