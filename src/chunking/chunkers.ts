/** The chunkers by their name and version. A version's output never changes: changed rules are a new version. */
import type { ChunkerId, TextChunk } from "../domain/Chunk.ts"
import { markdownSimple } from "./markdownSimple.ts"
import { markdownStructure } from "./markdownStructure.ts"

/** Yields the chunks of canonical Markdown in order, on demand. */
export const chunkers: Record<ChunkerId, (markdown: string) => Iterable<TextChunk>> = {
  "markdown-simple@1": markdownSimple,
  "markdown-structure@1": markdownStructure
}
