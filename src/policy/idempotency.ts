/** How long a request's key is held while it runs, and its answer kept when it has. */
export const idempotency = {
  /** A holder that is silent for so long is taken for dead: soon enough for a caller who still tries. */
  lock: "15 seconds",
  renewal: "5 seconds",
  keep: "24 hours"
} as const
