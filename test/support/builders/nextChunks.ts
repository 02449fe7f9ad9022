/** Chunks as the chunkers give them: some at a time. */
import { Array, Effect } from "effect"
import type { Chunk, NextChunks } from "../../../src/domain/Chunk.ts"

export const nextChunks = (chunks: ReadonlyArray<Chunk>): NextChunks => {
  const parts = Array.chunksOf(chunks, 200)
  return Effect.sync(() => parts.shift() ?? [])
}
