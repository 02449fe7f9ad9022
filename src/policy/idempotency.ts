/** How long a request's key is held while it runs, and its answer kept when it has. */
export const idempotency = {
  /** A holder that is silent for so long is taken for dead: soon enough for a caller who still tries. */
  lock: "15 seconds",
  renewal: "5 seconds",
  keep: "24 hours"
} as const

/** POSTs whose answers are never kept: a search changes nothing, and what it answers is documents' text. */
export const notRepeatable: ReadonlySet<string> = new Set(["search.search"])

/** The status that takes the place of an answer whose document was deleted, and of its text. */
export const goneAnswer = 404
