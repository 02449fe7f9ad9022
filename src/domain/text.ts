/** The canonical form of parsed text, so that the same document always gives the same hashes and chunks. */

const lineEnds = /\r\n?/g
// Postgres refuses U+0000; the other C0 controls say nothing to a reader; U+FEFF is a byte order mark.
// oxlint-disable-next-line no-control-regex
const invisible = /[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufeff]/g

/** LF line ends, no NUL or control characters, no lone surrogates (U+FFFD stands in), NFC, one final line end. */
export const canonicalText = (text: string): string =>
  text.toWellFormed().replace(lineEnds, "\n").replace(invisible, "").normalize("NFC").trimEnd() + "\n"

/** Marks the start of a page inside parsed Markdown; pages are numbered from 1. */
export const pageMark = (page: number): string => `<!-- page ${page} -->`

/** Matches every page mark; the first group is the page number. */
export const pageMarks = (): RegExp => /^<!-- page (\d+) -->$/gm
/** Matches one that stands at `lastIndex`. */
export const pageMarkThere = (): RegExp => /^<!-- page (\d+) -->$/my
