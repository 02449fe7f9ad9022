/** Text made fit for a row, and the canonical form of parsed text, so that the same document always gives the same chunks. */
import { cutAt } from "./graphemes.ts"

const lineEnds = /\r\n?/g
// Postgres refuses U+0000; the other C0 controls say nothing to a reader; U+FEFF is a byte order mark.
// oxlint-disable-next-line no-control-regex
const invisible = /[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufeff]/g

// More on one letter are no writing, and putting them in their order takes the square of their number.
const heaps = /(\p{M}{30})\p{M}+/gu
// Rules most texts out at less than half the cost (23 to 10 ms for 2 MB).
const maybeHeaps = /[\u0300-\uffff]{31}/

/** NFC, in time that grows with the text alone: of more than thirty marks on one letter the first thirty stay. */
export const composed = (text: string): string =>
  (maybeHeaps.test(text) ? text.replace(heaps, "$1") : text).normalize("NFC")

/** LF line ends, no NUL or control characters, no lone surrogates (U+FFFD stands in), NFC, one final line end. */
export const canonicalText = (text: string): string =>
  composed(text.toWellFormed().replace(lineEnds, "\n").replace(invisible, "")).trimEnd() + "\n"

/**
 * What anybody else wrote, for a row: no half of a surrogate pair, no U+0000, and at most so many UTF-16 units, cut between
 * characters. A row with either is refused together with all that are written beside it.
 */
export const cutText = (text: string, most: number): string => {
  const fit = text.slice(0, most + 32).toWellFormed().replaceAll("\u0000", "")
  // A single character may be longer than that.
  return fit.slice(0, cutAt(fit, most, 0)).toWellFormed()
}

/** Of words that come from outside, as much as a sentence to a person needs, on one line. */
export const cutSentence = (said: string): string => cutText(said.slice(0, 1_000).replaceAll(/\s+/g, " ").trim(), 200)

/** Marks the start of a page inside parsed Markdown; pages are numbered from 1. */
export const pageMark = (page: number): string => `<!-- page ${page} -->`

/** Matches every page mark; the first group is the page number. */
export const pageMarks = (): RegExp => /^<!-- page (\d+) -->$/gm
/** Matches one that stands at `lastIndex`. */
export const pageMarkThere = (): RegExp => /^<!-- page (\d+) -->$/my

/** A text that may have come as UTF-8. */
export const stringOf = (text: string | Uint8Array = ""): string =>
  typeof text === "string" ? text : new TextDecoder().decode(text)
