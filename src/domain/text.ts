/**
 * Makes text storable, and brings parsed text into canonical form, so that the same document always gives the same chunks.
 */
import { cutAt } from "./graphemes.ts"

const lineEnds = /\r\n?/g
/** Vertical tabs break lines inside a cell or field; so do Unicode's own separators. */
// oxlint-disable-next-line no-control-regex -- control codes are what it looks for
const otherLineEnds = /[\u000b\u0085\u2028\u2029]/g
/** Colours and other commands of a terminal, and titles of its window. */
const terminalCommands =
  // oxlint-disable-next-line no-control-regex -- control codes are what it looks for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[()][0-9A-Z]|[=>78cDEHMNOZ])/g
/** A letter, one step back, the same letter: bold on a printer. */
// oxlint-disable-next-line no-control-regex -- control codes are what it looks for
const overstruck = /[^\n]\u0008/g
/** The separators of files, groups, records and units part words. */
// oxlint-disable-next-line no-control-regex -- control codes are what it looks for
const separators = /[\u001c-\u001f]/g
// Postgres refuses U+0000; the other C0 controls say nothing to a reader; U+FEFF is a byte order mark.
// oxlint-disable-next-line no-control-regex -- control codes are what it looks for
const invisible = /[\u0000-\u0008\u000e-\u001b\u007f\ufeff]/g
// oxlint-disable-next-line no-control-regex -- control codes are what it looks for
const maybeControls = /[\u0000-\u0008\u000b\u000e-\u001f\u007f\u0085\u2028\u2029\ufeff]/

/** A mark that only allows a word to be divided is not part of the word. Other scripts use the joiners as letters. */
const softBreaks = /\u00ad|(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d/_-])[\u200b-\u200d\u2060]/gu
const ligatures = /[\ufb00-\ufb06]/g
const maybeSoft = /[\u00ad\u200b-\u200d\u2060\ufb00-\ufb06]/

const withoutControls = (text: string): string =>
  maybeControls.test(text)
    ? text.replace(terminalCommands, "").replace(otherLineEnds, "\n").replace(overstruck, "").replace(separators, " ")
      .replace(invisible, "")
    : text

const withoutSoftBreaks = (text: string): string =>
  maybeSoft.test(text)
    ? text.replace(softBreaks, "").replace(ligatures, (ligature) => ligature.normalize("NFKC"))
    : text

// More marks on one letter occur in no writing system, and sorting them takes quadratic time.
const heaps = /(\p{M}{30})\p{M}+/gu
// Clears most texts at less than half the cost (10 instead of 23 ms for 2 MB).
const maybeHeaps = /[\u0300-\uffff]{31}/
/** Text without any of these is NFC already (UAX #15). */
const maybeDecomposed = /[\u0300-\uffff]/

/** NFC in linear time: of more than thirty marks on one letter, the first thirty are kept. */
export const composed = (text: string): string => {
  // `normalize` makes two copies of twice the size: 190 MB for 50 MB of text.
  if (!maybeDecomposed.test(text)) return text
  return (maybeHeaps.test(text) ? text.replace(heaps, "$1") : text).normalize("NFC")
}

/**
 * LF line ends, no NUL or control characters, words without soft hyphens and ligatures, lone surrogates replaced by U+FFFD,
 * NFC, one final line end.
 */
export const canonicalText = (text: string): string =>
  withFinalLineEnd(composed(withoutSoftBreaks(withoutControls(text.toWellFormed().replace(lineEnds, "\n")))))

/** The text itself if it ends as it should: a long text is not copied. */
const withFinalLineEnd = (text: string): string => {
  const body = text.trimEnd()
  return body.length + 1 === text.length && text.endsWith("\n") ? text : `${body}\n`
}

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

/** With a full stop, unless it ends like a sentence already. */
export const endSentence = (text: string): string => /[.!?…]$/u.test(text) ? text : `${text}.`

/** Marks the start of a page inside parsed Markdown; pages are numbered from 1. */
export const pageMark = (page: number): string => `<!-- page ${page} -->`

/** Matches every page mark; the first group is the page number. */
export const pageMarks = (): RegExp => /^<!-- page (\d+) -->$/gm
/** Matches a page mark at `lastIndex`. */
export const pageMarkThere = (): RegExp => /^<!-- page (\d+) -->$/my

/** A text as a string or as UTF-8 bytes. */
export const stringOf = (text: string | Uint8Array = ""): string =>
  typeof text === "string" ? text : new TextDecoder().decode(text)
