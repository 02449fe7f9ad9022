/** Request rates per user and process, and invalid credentials per address. */
import type { Duration } from "effect"
import { type Bounds, defaultBounds } from "./bounds.ts"

/** The size of the token bucket, which refills evenly within the window. */
export interface Rate {
  readonly limit: number
  readonly window: Duration.Input
}

export interface Rates {
  readonly upload: Rate
  /** Each search is bought from the embedding provider. */
  readonly search: Rate
  /** Each one reads a file. */
  readonly quote: Rate
  readonly other: Rate
  /** Rejected credentials per address. */
  readonly refused: Rate
}

/** A folder of a thousand documents can be uploaded at once, but a script in a loop cannot starve other users. */
export const ratesOf = (
  { quotesPerMinute, requestsPerMinute, searchesPerMinute, uploadsPerMinute }: Bounds
): Rates => ({
  upload: { limit: uploadsPerMinute, window: "1 minute" },
  search: { limit: searchesPerMinute, window: "1 minute" },
  quote: { limit: quotesPerMinute, window: "1 minute" },
  other: { limit: requestsPerMinute, window: "1 minute" },
  refused: { limit: 30, window: "1 minute" }
})

export const rates: Rates = ratesOf(defaultBounds)
