/** Signed addresses, so that unknown callers are refused before anything is looked up. */
import { Redacted } from "effect"
import { createHmac, timingSafeEqual } from "node:crypto"

export type Secrets = ReadonlyArray<Redacted.Redacted>

/** Signs with the first secret. The signed text names its purpose, because the secrets serve several. */
export const signatureOf = ([current]: Secrets, text: string): string | undefined =>
  current === undefined ? undefined : sign(current, text).toString("base64url")

/** Accepts any of the secrets, so that they can be rotated while addresses are in use. Takes the same time for each. */
export const isSignature = (secrets: Secrets, text: string, given: string): boolean => {
  const bytes = Buffer.from(given, "base64url")
  const matches = secrets.map((secret) => {
    const expected = sign(secret, text)
    return timingSafeEqual(expected, bytes.length === expected.length ? bytes : Buffer.alloc(expected.length))
  })
  return bytes.length === 32 && matches.includes(true)
}

const sign = (secret: Redacted.Redacted, text: string): Buffer =>
  createHmac("sha256", Redacted.value(secret)).update(text).digest()
