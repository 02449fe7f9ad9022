/** A vendor's words without our own secrets: what refuses a key likes to repeat it. */

/** Fewer characters than this in a row are taken for chance. */
const shortest = 8

/** Every stretch that also stands in one of the secrets becomes `[…]`. */
export const strikeOut = (said: string, secrets: ReadonlyArray<string>): string => {
  let kept = ""
  let hiddenUntil = 0
  for (let at = 0; at < said.length; at++) {
    const end = Math.max(0, ...secrets.map((secret) => endOfStretch(said, at, secret)))
    if (end > at && at >= hiddenUntil) kept += "[…]"
    hiddenUntil = Math.max(hiddenUntil, end)
    if (at >= hiddenUntil) kept += said[at]
  }
  return kept
}

/** Where it ends, if one begins here; otherwise 0. */
const endOfStretch = (said: string, at: number, secret: string): number => {
  const length = Math.min(shortest, secret.length)
  const stretch = said.slice(at, at + length)
  return length > 0 && stretch.length === length && secret.includes(stretch) ? at + length : 0
}
