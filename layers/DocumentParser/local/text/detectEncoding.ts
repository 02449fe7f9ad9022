/**
 * The encoding of a text that is neither Unicode nor ASCII, also if nearly all of it is ASCII: only the lines with other
 * bytes are looked at, and each reading of them is judged by whether it has words.
 */
import { analyse } from "chardet"
import { detectPairs } from "./detectPairs.ts"

/** `declared`: what the document says, which may be false. */
export const detectEncoding = (bytes: Uint8Array, declared: string | undefined): string => {
  const sample = telling(bytes)
  const pairs = detectPairs(sample)
  const single = bestSingleByte(sample)
  if (declared === undefined || isRefuted(sample, declared)) return pairs ?? single.encoding
  // Servers and programs often declare their usual encoding even if the text has another one.
  if (singleByte.has(declared)) return pairs ?? declared
  return pairs === undefined && single.score >= plausible ? single.encoding : declared
}

/** Nearly all words with such bytes are words of a language. */
const plausible = 0.9

/** Most of the sample's bytes. */
const enough = 65_536
/** Before the first such byte of a line. */
const context = 1_000

/** The lines that contain a byte beyond ASCII. */
const telling = (bytes: Uint8Array): Uint8Array => {
  const parts: Array<Uint8Array> = []
  let length = 0
  for (let at = 0; at < bytes.length && length < enough; at++) {
    if ((bytes[at] ?? 0) < 0x80) continue
    const start = bytes.lastIndexOf(0x0a, at) + 1
    const found = bytes.indexOf(0x0a, at)
    const from = Math.max(start, at - context)
    const end = Math.min(found === -1 ? bytes.length : found + 1, at + enough)
    parts.push(bytes.subarray(from, end))
    length += end - from
    at = end - 1
  }
  return Buffer.concat(parts)
}

const isRefuted = (sample: Uint8Array, encoding: string): boolean =>
  new TextDecoder(encoding).decode(sample).includes("\ufffd")

/** The more usual first: it wins where the words leave it open. */
const candidates = [
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "koi8-r",
  "windows-1253",
  "windows-1254",
  "windows-1255",
  "windows-1256",
  "windows-1257",
  "iso-8859-2",
  "iso-8859-5",
  "iso-8859-7",
  "windows-874",
  "macintosh",
  "ibm866"
]
const singleByte: ReadonlySet<string> = new Set([...candidates, "iso-8859-15", "iso-8859-16", "koi8-u"])

const bestSingleByte = (sample: Uint8Array) => {
  const statistics = analyse(wordsWithSigns(sample))
  const scored = candidates.map((encoding) => {
    const guess = statistics.find(({ name }) => encodingOf(name) === encoding)
    return { encoding, score: wordScore(new TextDecoder(encoding).decode(sample)) + (guess?.confidence ?? 0) / 100 }
  })
  return scored.reduce((best, next) => next.score > best.score + 0.01 ? next : best)
}

const encodingOf = (name: string): string | undefined => {
  try {
    return new TextDecoder(name).encoding
  } catch {
    return undefined
  }
}

/** Plain English around a foreign word would make all of it English to the statistics. */
const wordsWithSigns = (sample: Uint8Array): Uint8Array =>
  Buffer.from(
    Buffer.from(sample).toString("latin1").split(/[\s,;|]+/).filter((word) => /[\x80-\xff]/.test(word)).join(" "),
    "latin1"
  )

const scripts = [/^[\p{Script=Latin}'’.-]+$/u, /^[\p{Script=Cyrillic}'’.-]+$/u, /^[\p{Script=Greek}\u00b5.-]+$/u]
const caseless = /^(?:[\p{Script=Hebrew}]+|[\p{Script=Arabic}\u0640]+|[\p{Script=Thai}]+)$/u
/** Of a word's parts. */
const regularCase = /^(?:\p{Lu}?\p{Ll}*|\p{Lu}+|\p{Lo}+)$/u
const hasRegularCase = (word: string): boolean =>
  word.replaceAll(/\p{M}/gu, "").split(/['’.-]/).every((part) => regularCase.test(part))

/** Between -1, where no reading of a sign makes sense, and 1. */
const wordScore = (text: string): number => {
  const words = (text.match(/[\p{L}\p{M}\u0080-\uffff'’.-]+/gu) ?? []).filter((word) => /[\u0080-\uffff]/.test(word))
  return words.length === 0 ? 0 : words.reduce((sum, word) => sum + scoreOf(word), 0) / words.length
}

/** Longer ones are not words. */
const longestWord = 100

const scoreOf = (word: string): number => {
  if (word.length > longestWord) return 0
  if (/[\ufffd\u0080-\u009f]/.test(word)) return -1
  const letters = withoutSigns(word)
  // A sign alone, such as a currency or a dash.
  if (letters === "") return usualSigns.test(word) ? 0.5 : -0.5
  const foreign = [...letters].filter((letter) => letter > "\u007f").length
  if (caseless.test(letters)) return 0.9
  if (!scripts.some((script) => script.test(letters)) || !hasRegularCase(letters)) return -1
  const signs = word.length - letters.length
  if (signs > 0 && (signs > Math.max(letters.length / 2, 2) || !usualSigns.test(word))) return -0.5
  const isLatin = /\p{Script=Latin}/u.test(letters)
  if (isLatin && letters.length > 3 && foreign > letters.length * 0.7) return -1
  return letters.length === 1 || (isLatin && rareLetters.test(letters)) ? 0.5 : 1
}

const withoutSigns = (word: string): string => {
  const letters = [...word]
  const isLetter = (sign: string) => /[\p{L}\p{M}]/u.test(sign)
  return letters.slice(letters.findIndex(isLetter), letters.findLastIndex(isLetter) + 1).join("")
}

const usualSigns = /[€£§°©®™«»“”„‘’–—…·•×²³½¼¡¿№]/
const rareLetters = /[ÐðÞþŸƒªº]/
