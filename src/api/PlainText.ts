/** Text that every database, log and JSON reader takes: no U+0000, no half of a surrogate pair. */
import { Schema } from "effect"

// oxlint-disable-next-line no-control-regex
const plain = Schema.isPattern(/^[^\u0000\ud800-\udfff]*$/u)

/** Every text of a request that reaches a row is one of these two. */
export const PlainText = Schema.String.check(plain)
/** Without the white space around it. */
export const TrimmedText = Schema.Trim.check(plain)
