/** How long an idempotency key is held while its request runs, by how often its lock is renewed. */
export const idempotency = {
  /** A holder that is silent for this long counts as dead, soon enough for callers that are still retrying. */
  lock: "15 seconds",
  renewal: "5 seconds"
} as const

/** The status that replaces an answer whose document was deleted. */
export const goneAnswer = 404
