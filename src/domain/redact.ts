/** A vendor's words without our own secrets, or a document's: what refuses a thing likes to repeat it. */

/** Every stretch of at least `shortest` characters that also stands in one of the secrets becomes `[…]`; less is taken for chance. */
export const redact = (said: string, secrets: ReadonlyArray<string>, shortest = 8): string => {
  let kept = ""
  let hiddenUntil = 0
  for (let at = 0; at < said.length; at++) {
    const end = Math.max(0, ...secrets.map((secret) => endOfStretch(said, at, secret, shortest)))
    if (end > at && at >= hiddenUntil) kept += "[…]"
    hiddenUntil = Math.max(hiddenUntil, end)
    if (at >= hiddenUntil) kept += said[at]
  }
  // A stretch may begin or end inside a surrogate pair.
  return kept.toWellFormed()
}

/** Where it ends, if one begins here; otherwise 0. */
const endOfStretch = (said: string, at: number, secret: string, shortest: number): number => {
  const length = Math.min(shortest, secret.length)
  const stretch = said.slice(at, at + length)
  return length > 0 && stretch.length === length && secret.includes(stretch) ? at + length : 0
}
