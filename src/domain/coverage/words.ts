/** Words as two programs that read the same page agree on them. */

/** Scripts that put no space between words are compared letter by letter. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[\p{L}\p{N}]+/gu

const marks = /\p{M}+/gu

/** Without accents and marks, which programs join to their letters in different ways. */
export const plain = (text: string): string => text.normalize("NFKD").replaceAll(marks, "").toLowerCase()

export const wordsOf = (text: string): ReadonlyArray<string> => plain(text).match(word) ?? []

/** The letters and digits alone: the same however words are spaced, divided or marked up. */
export const squeezed = (text: string): string => plain(text).replaceAll(/[^\p{L}\p{N}]+/gu, "")

/** How often each word occurs. */
export const countWords = (words: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1)
  return counts
}

const rightToLeft = /[\u0590-\u08ff]/

/** Programs differ in the order and forms of right-to-left letters: such words are not compared. */
export const isComparable = (each: string): boolean => !rightToLeft.test(each)
