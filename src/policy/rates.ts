/** How often one user may ask, in each process, and how many wrong credentials one address may try. */
import type { Duration } from "effect"

/** A full bucket, which fills up again evenly within the window. */
export interface Rate {
  readonly limit: number
  readonly window: Duration.Input
}

export interface Rates {
  readonly upload: Rate
  /** Each search is bought from the embedding provider. */
  readonly search: Rate
  readonly other: Rate
  /** By address, of credentials that were refused. */
  readonly refused: Rate
}

/** A folder of a thousand documents goes up at once; a script in a loop does not take the service away from others. */
export const rates: Rates = {
  upload: { limit: 1_200, window: "1 minute" },
  search: { limit: 300, window: "1 minute" },
  other: { limit: 6_000, window: "1 minute" },
  refused: { limit: 30, window: "1 minute" }
}

export const rateOf = (route: string): "upload" | "search" | "other" =>
  route === "documents.upload" || route === "uploads.create" ? "upload" : route === "search.search" ? "search" : "other"
