/** What several groups of the contract have in common. */
import { Schema } from "effect"
import { ChunkId } from "../domain/Ids.ts"
import { PlainText } from "./PlainText.ts"

/** The query parameters of every paged list. */
export const limit = Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
export const cursor = Schema.optionalKey(Schema.String.annotate({
  description: "`next_cursor` of the page before; absent for the first page."
}))

/** Why a request changes something; the audit log keeps it. */
export const reason = { "x-reason": Schema.optionalKey(Schema.String) }

/** The same as part of a body, where a change needs one. */
export const writtenReason = PlainText.check(
  Schema.isMinLength(1),
  Schema.isMaxLength(500),
  Schema.isPattern(/^\P{Cc}*$/u),
  Schema.isPattern(/\S/)
)

/** What a caller notes about a document. */
export const Metadata = Schema.Record(Schema.String, PlainText).check(Schema.isPropertyNames(PlainText))

/** A moment as RFC 3339 writes it. Read as a `Date` alone, 30 February would be 2 March, and a time without a zone would pass. */
export const Moment = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/, {
    message: "Expected a time with its zone, such as 2027-03-01T12:00:00Z"
  }),
  Schema.makeFilter((text) => isDay(text.slice(0, 10)) || "There is no such day")
).pipe(Schema.decodeTo(Schema.DateTimeUtcFromString))

const isDay = (text: string): boolean => {
  const millis = Date.parse(text)
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text)
}

/** A piece of a document's text, with its position. */
export const passage = {
  chunkId: ChunkId,
  ordinal: Schema.Int,
  text: Schema.String,
  /** Headings above the text, outermost first. */
  headings: Schema.Array(Schema.String),
  /** 1-based; null where the source has no pages. */
  page: Schema.NullOr(Schema.Int)
}
