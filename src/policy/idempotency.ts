/** How long an idempotency key is held while its request runs, and how long the answer is kept. */
export const idempotency = {
  /** A holder that is silent for this long counts as dead, soon enough for callers that are still retrying. */
  lock: "15 seconds",
  renewal: "5 seconds",
  keep: "24 hours"
} as const

/** The status that replaces an answer whose document was deleted. */
export const goneAnswer = 404
