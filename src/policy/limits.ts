/** What the providers take, and how much we have under way at once. */
import { Duration } from "effect"

/** Of one embeddings request. Bytes bound tokens, as no token of the model is shorter than a byte: no text has to be counted. */
export const embeddingBatch = {
  /** The provider takes 2,048; a failed call then costs more to repeat. */
  inputs: 256,
  /** Of all inputs together: 300,000 tokens. */
  bytes: 300_000,
  /** How much of it may stay empty so that no small document is split between two. */
  spare: 1 / 4,
  /** How long a batch that is not full waits for more. */
  linger: Duration.millis(15),
  /** Requests under way at once from one worker. */
  concurrency: 4
} as const

/** How often a request that is refused for its rate is split, in search of the one user whose rate is limited. */
export const tenantSplitsAtMost = 3

/** How long a user whose text failed a request that others shared goes in requests of its own. */
export const apartFor = Duration.minutes(10)

/** Users of one batch whose own requests are under way at once. */
export const apartAtOnce = 4

/** Chunks that one job reads and hands to the batches at a time: with the number of jobs, the bound of memory. */
export const embeddingWindow = 512

/** Latin text averages this many bytes a token; only estimates are made with it. */
export const bytesPerToken = 4

/** US dollars for a million tokens. */
export const embeddingPrices: Readonly<Record<string, number>> = {
  "text-embedding-3-small": 0.02,
  "text-embedding-3-large": 0.13,
  "text-embedding-ada-002": 0.1
}

/** In US dollars; an unknown model counts as free. */
export const embeddingCost = (model: string, tokens: number): number =>
  (embeddingPrices[model] ?? 0) * tokens / 1_000_000

/** In bytes: a longer text is never one string beside other work, as making, hashing or cutting it would hold that up. */
export const longText = 8 * 1024 * 1024

/** Of work on a text that goes on beside other work: in milliseconds, in units of the text, and in chunks. */
export const atOneGo = { time: 10, text: 1024 * 1024, chunks: 250 } as const

/** In bytes: what comes before the chunks of a smaller document is done again in a moment, so it is written with them. */
export const smallDocument = 256 * 1024
