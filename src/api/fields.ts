/** What several groups of the contract have in common. */
import { Schema } from "effect"
import { ChunkId } from "../domain/Ids.ts"
import { PlainText } from "./PlainText.ts"

/** The query parameters of every paged list. */
export const limit = Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
export const cursor = Schema.optionalKey(Schema.String)

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
