/** The chunkers by their name and version. A version's output never changes: changed rules are a new version. */
import type { ChunkerId, TextChunk } from "../domain/Chunk.ts"
import { markdownInContext } from "./markdownInContext.ts"
import { markdownSimple } from "./markdownSimple.ts"
import { markdownStructure } from "./markdownStructure.ts"

/** Yields the chunks of canonical Markdown in order, on demand. `filename` is the document's, which some embed with each chunk. */
export const chunkers: Record<ChunkerId, (markdown: string, filename: string) => Iterable<TextChunk>> = {
  "markdown-simple@1": markdownSimple,
  "markdown-structure@1": markdownStructure,
  "markdown-structure@2": markdownInContext
}
