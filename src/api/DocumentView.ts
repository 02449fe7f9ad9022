/** A document, its chunks and what a search finds in them, as the API shows them. */
import { Schema } from "effect"
import { ChunkId, DocumentId } from "../domain/Ids.ts"
import { JobView } from "./JobView.ts"
import { PlainText, TrimmedText } from "./PlainText.ts"

export const Metadata = Schema.Record(Schema.String, PlainText).check(Schema.isPropertyNames(PlainText))

export const DocumentView = Schema.Struct({
  document_id: DocumentId,
  filename: Schema.String,
  media_type: Schema.String,
  bytes: Schema.Int,
  sha256: Schema.String,
  metadata: Metadata,
  created_at: Schema.DateTimeUtcFromString,
  job: JobView
})
export type DocumentView = typeof DocumentView.Type

const passage = {
  chunk_id: ChunkId,
  ordinal: Schema.Int,
  text: Schema.String,
  /** Headings above the text, outermost first. */
  headings: Schema.Array(Schema.String),
  /** 1-based; null where the source has no pages. */
  page: Schema.NullOr(Schema.Int)
}

export const ChunkView = Schema.Struct({
  ...passage,
  sha256: Schema.String,
  /** Offsets into the stored Markdown, in UTF-16 code units; `end` is exclusive. */
  start: Schema.Int,
  end: Schema.Int,
  embedded: Schema.Boolean
})
export type ChunkView = typeof ChunkView.Type

/** In the document's order; `next_cursor` is null on the last page. */
export const ChunkPage = Schema.Struct({
  chunks: Schema.Array(ChunkView),
  next_cursor: Schema.NullOr(Schema.String)
})
export type ChunkPage = typeof ChunkPage.Type

export const SearchRequest = Schema.Struct({
  query: TrimmedText.check(Schema.isMinLength(1), Schema.isMaxLength(8000)),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 50 }))),
  document_id: Schema.optionalKey(DocumentId)
})
export type SearchRequest = typeof SearchRequest.Type

export const SearchHitView = Schema.Struct({
  ...passage,
  document_id: DocumentId,
  filename: Schema.String,
  /** Cosine similarity, -1 to 1. */
  score: Schema.Number
})
export type SearchHitView = typeof SearchHitView.Type

/** Best first. */
export const SearchResult = Schema.Struct({ hits: Schema.Array(SearchHitView) })
