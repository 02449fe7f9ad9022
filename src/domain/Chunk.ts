/** A piece of a document's text with its position and a deterministic id, so that storing it twice is harmless. */
import { type Effect, Schema } from "effect"
import { sha256, uuidBytes, uuidV5 } from "./hash.ts"
import { ChunkId, type DocumentId } from "./Ids.ts"
import type { ServiceError } from "./ServiceError.ts"

/** The chunker's name and the version of its rules, such as `markdown-simple@1`. */
export const ChunkerId = Schema.Literals(["markdown-simple@1", "markdown-structure@1", "markdown-structure@2"])
export type ChunkerId = typeof ChunkerId.Type

/** A chunk's position in the document. Offsets are UTF-16 code units into the stored Markdown, `end` exclusive. */
export const ChunkMeta = Schema.Struct({
  /** Headings above the chunk, outermost first. */
  headings: Schema.Array(Schema.String),
  /** 1-based; absent where the source has no pages. */
  page: Schema.optionalKey(Schema.Int),
  start: Schema.Int,
  end: Schema.Int
})
export type ChunkMeta = typeof ChunkMeta.Type

/**
 * A chunker's output: canonical text without outer white space, never empty, with its position; not yet bound to a
 * document.
 */
export interface TextChunk {
  readonly text: string
  readonly meta: ChunkMeta
  /** What is embedded before the text: the document's name and its headings. Not part of the stored text. */
  readonly context?: string
}

export interface Chunk extends TextChunk {
  readonly chunkId: ChunkId
  /** 0-based position in the document. */
  readonly ordinal: number
  readonly sha: string
  /** sha256 of context and text, where there is a context. */
  readonly embedSha?: string
}

const namespace = uuidBytes("6c8a1e6e-1f0b-4aa8-9f0a-1a7c2e6f2b42")

/** UUIDv5 over `{document_id}:{chunker_name}:{chunker_version}:{chunk_ord}`, lower case. */
export const chunkId = (documentId: DocumentId, chunker: ChunkerId, ordinal: number): ChunkId =>
  ChunkId.make(
    uuidV5(namespace, `${documentId}:${chunker.replace("@", ":")}:${ordinal}`.toLowerCase()),
    { disableChecks: true }
  )

/** sha256 of the text as stored. */
export const chunkSha = (text: string): string => sha256(text)

/** Binds a chunker's output to its document. */
export const identify = (documentId: DocumentId, chunker: ChunkerId, ordinal: number, chunk: TextChunk): Chunk => ({
  ...chunk,
  chunkId: chunkId(documentId, chunker, ordinal),
  ordinal,
  sha: chunkSha(chunk.text),
  ...chunk.context === undefined ? {} : { embedSha: chunkSha(chunk.context + chunk.text) }
})

/** What the provider gets of a chunk, with its hash: equal input is embedded once per user and model. */
export const embeddingInput = ({ context = "", embedSha, sha, text }: Chunk) => ({
  text: context + text,
  sha: embedSha ?? sha
})

/** Each run returns the next chunks; none at the end. */
export type NextChunks = Effect.Effect<ReadonlyArray<Chunk>, ServiceError>
