/** Estimates how many tokens of a text will be embedded: its chunks, each with the context that its chunker adds. */
import type { ChunkerId } from "../domain/Chunk.ts"
import { chunkers } from "./chunkers.ts"
import { estimateTokens, perToken } from "./TokenEstimate.ts"

/** Estimates are made to be seldom too low, so their sums are too high by this on average. */
const surplus = 1.08

/** Equal input is embedded once. */
export const embeddedTokens = (chunker: ChunkerId, markdown: string, filename: string): number => {
  const inputs = new Set<string>()
  for (const { context = "", text } of chunkers[chunker](markdown, filename)) inputs.add(context + text)
  let cost = 0
  for (const input of inputs) cost += estimateTokens(input)
  return Math.ceil(cost / perToken / surplus)
}
