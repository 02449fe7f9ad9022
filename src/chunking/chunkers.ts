/** The chunkers by their name and version. A version's output never changes: other rules are another version. */
import type { ChunkerId, TextChunk } from "../domain/Chunk.ts"
import { markdownSimple } from "./markdownSimple.ts"
import { markdownStructure } from "./markdownStructure.ts"

/** From canonical Markdown to its chunks in order, made as they are asked for. */
export const chunkers: Record<ChunkerId, (markdown: string) => Iterable<TextChunk>> = {
  "markdown-simple@1": markdownSimple,
  "markdown-structure@1": markdownStructure
}
