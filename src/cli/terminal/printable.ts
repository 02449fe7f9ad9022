/** Text from elsewhere made safe for a terminal: one line, no escape sequence, no control character, no change of direction. */
import { stripVTControlCharacters } from "node:util"

export const printable = (text: string): string =>
  stripVTControlCharacters(text).replace(blanks, " ").replace(unprintable, "")

const blanks = /\s+/gu
/** Controls, what steers bidirectional text, and halves of surrogate pairs. */
const unprintable = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu
