/**
 * Makes text storable, and brings parsed text into canonical form, so that the same document always gives the same chunks.
 */
import { cutAt } from "./graphemes.ts"

const lineEnds = /\r\n?/g
// Postgres refuses U+0000; the other C0 controls say nothing to a reader; U+FEFF is a byte order mark.
// oxlint-disable-next-line no-control-regex
const invisible = /[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufeff]/g

// More marks on one letter occur in no writing system, and sorting them takes quadratic time.
const heaps = /(\p{M}{30})\p{M}+/gu
// Clears most texts at less than half the cost (10 instead of 23 ms for 2 MB).
const maybeHeaps = /[\u0300-\uffff]{31}/

/** NFC in linear time: of more than thirty marks on one letter, the first thirty are kept. */
export const composed = (text: string): string =>
  (maybeHeaps.test(text) ? text.replace(heaps, "$1") : text).normalize("NFC")

/** LF line ends, no NUL or control characters, lone surrogates replaced by U+FFFD, NFC, one final line end. */
export const canonicalText = (text: string): string =>
  composed(text.toWellFormed().replace(lineEnds, "\n").replace(invisible, "")).trimEnd() + "\n"

/**
 * Makes foreign text storable: no lone surrogates, no U+0000, and at most the given number of UTF-16 units, cut between
 * characters. Postgres would reject such a row together with all rows of its statement.
 */
export const cutText = (text: string, most: number): string => {
  const fit = text.slice(0, most + 32).toWellFormed().replaceAll("\u0000", "")
  // A single character may be longer than the limit.
  return fit.slice(0, cutAt(fit, most, 0)).toWellFormed()
}

/** Shortens foreign text to one line that fits into a message. */
export const cutSentence = (said: string): string => cutText(said.slice(0, 1_000).replaceAll(/\s+/g, " ").trim(), 200)

/** Marks the start of a page inside parsed Markdown; pages are numbered from 1. */
export const pageMark = (page: number): string => `<!-- page ${page} -->`

/** Matches every page mark; the first group is the page number. */
export const pageMarks = (): RegExp => /^<!-- page (\d+) -->$/gm
/** Matches a page mark at `lastIndex`. */
export const pageMarkThere = (): RegExp => /^<!-- page (\d+) -->$/my

/** A text as a string or as UTF-8 bytes. */
export const stringOf = (text: string | Uint8Array = ""): string =>
  typeof text === "string" ? text : new TextDecoder().decode(text)
