/** The providers' limits, and our own limits on concurrent work. */
import { Duration } from "effect"

/**
 * For one embeddings request. No token of the model is shorter than a byte, so bytes bound tokens and nothing has to be
 * counted.
 */
export const embeddingBatch = {
  /** The provider accepts 2,048, but a smaller call is cheaper to repeat. */
  inputs: 256,
  /** The sum over all inputs: 300,000 tokens. */
  bytes: 300_000,
  /** How much of a batch may stay empty to avoid splitting a small document. */
  spare: 1 / 4,
  /** How long an incomplete batch waits for more, if another job may add some. */
  linger: Duration.millis(15),
  /** The same while other requests are under way. On PGlite, small requests took a third more processor time in all. */
  busyLinger: Duration.millis(50),
  /** Concurrent requests per worker; an incomplete one is sent only while fewer are under way. */
  concurrency: 4,
  /** The same for complete requests: enough that the worker is busy while a provider takes 150 ms to answer. */
  complete: 8
} as const

/** How often rate-limited requests are split, for each answered one, to find the users whose rate is limited. */
export const tenantSplitsAtMost = 3

/** How long a user whose text failed a shared request gets requests of its own. */
export const apartFor = Duration.minutes(10)

/** Concurrent separate requests for the users of one batch. */
export const apartAtOnce = 4

/** Chunks that one job reads and adds to batches at a time; times the number of jobs, this bounds memory. */
export const embeddingWindow = 512

/** Chunks for which one statement looks up and copies vectors. It takes a few seconds, and may take a minute. */
export const reuseWindow = 20_000

/** Average bytes per token of Latin text; used for estimates only. */
export const bytesPerToken = 4

/** US dollars per million tokens. */
const embeddingPrices: Readonly<Record<string, number>> = {
  "text-embedding-3-small": 0.02,
  "text-embedding-3-large": 0.13,
  "text-embedding-ada-002": 0.1
}

/** In US dollars; unknown models count as free. */
export const embeddingCost = (model: string, tokens: number): number =>
  (embeddingPrices[model] ?? 0) * tokens / 1_000_000

/** In bytes: a longer text is never held as one string, because creating, hashing or cutting it would block other work. */
export const longText = 8 * 1024 * 1024

/** In bytes: all stored texts that a worker holds as strings at the same time. Each takes three times its size. */
export const textsInHand = 4 * longText

/** The size of one step of work on a text between other work: in milliseconds, in UTF-16 units, and in chunks. */
export const atOneGo = { time: 10, text: 1024 * 1024, chunks: 250 } as const

/** Steps on a small document are quick to repeat after a crash, so they are written together with the next one. */
export const isSmall = ({ bytes }: { readonly bytes: number }): boolean => bytes <= 256 * 1024
