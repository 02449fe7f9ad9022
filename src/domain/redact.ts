/** Removes our secrets and document text from a vendor's message: error messages often repeat the input. */

/**
 * Every run of at least `shortest` characters that also occurs in a secret becomes `[…]`; shorter matches count as
 * coincidence.
 */
export const redact = (said: string, secrets: ReadonlyArray<string>, shortest = 8): string => {
  let kept = ""
  let hiddenUntil = 0
  for (let at = 0; at < said.length; at++) {
    const end = Math.max(0, ...secrets.map((secret) => endOfStretch(said, at, secret, shortest)))
    if (end > at && at >= hiddenUntil) kept += "[…]"
    hiddenUntil = Math.max(hiddenUntil, end)
    if (at >= hiddenUntil) kept += said[at]
  }
  // A run may begin or end inside a surrogate pair.
  return kept.toWellFormed()
}

/** Where the run that begins here ends; 0 if none begins here. */
const endOfStretch = (said: string, at: number, secret: string, shortest: number): number => {
  const length = Math.min(shortest, secret.length)
  const stretch = said.slice(at, at + length)
  return length > 0 && stretch.length === length && secret.includes(stretch) ? at + length : 0
}
