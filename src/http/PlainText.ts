/** Text that every database, log and JSON reader takes: no U+0000, no half of a surrogate pair. */
import { Schema } from "effect"

// oxlint-disable-next-line no-control-regex
export const PlainText = Schema.String.check(Schema.isPattern(/^[^\u0000\ud800-\udfff]*$/u))
