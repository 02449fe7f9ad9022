/** Makes foreign text safe for a terminal: one line, no escape sequences, control characters or bidirectional overrides. */
import { stripVTControlCharacters } from "node:util"

export const printable = (text: string): string =>
  stripVTControlCharacters(text).replace(blanks, " ").replace(unprintable, "")

const blanks = /\s+/gu
/** Control characters, bidirectional controls and lone surrogates. */
const unprintable = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu
