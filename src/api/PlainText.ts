/** Text that every database, log and JSON reader accepts: no U+0000, no lone surrogates. */
import { Schema } from "effect"

// oxlint-disable-next-line no-control-regex
const plain = Schema.isPattern(/^[^\u0000\ud800-\udfff]*$/u)

/** Every text of a request that reaches a row has one of these two types. */
export const PlainText = Schema.String.check(plain)
/** Without the white space around it. */
export const TrimmedText = Schema.Trim.check(plain)
