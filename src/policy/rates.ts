/** How often one user may ask, in each process, and how many wrong credentials one address may try. */
import type { Duration } from "effect"
import { type Bounds, defaultBounds } from "./bounds.ts"

/** A full bucket, which fills up again evenly within the window. */
export interface Rate {
  readonly limit: number
  readonly window: Duration.Input
}

export interface Rates {
  readonly upload: Rate
  /** Each search is bought from the embedding provider. */
  readonly search: Rate
  /** Each is a file to be read. */
  readonly quote: Rate
  readonly other: Rate
  /** By address, of credentials that were refused. */
  readonly refused: Rate
}

/** A folder of a thousand documents goes up at once; a script in a loop does not take the service away from others. */
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

const kinds: Readonly<Record<string, "upload" | "search" | "quote">> = {
  "documents.upload": "upload",
  "uploads.create": "upload",
  "search.search": "search",
  "quotes.make": "quote"
}

export const rateOf = (route: string): "upload" | "search" | "quote" | "other" => kinds[route] ?? "other"
