/** Addresses that we sign ourselves, so that a stranger is turned away before anything is looked up. */
import { Redacted } from "effect"
import { createHmac, timingSafeEqual } from "node:crypto"

export type Secrets = ReadonlyArray<Redacted.Redacted>

/** By the first secret. What is signed says what for, as the secrets serve several ends. */
export const signatureOf = ([current]: Secrets, text: string): string | undefined =>
  current === undefined ? undefined : sign(current, text).toString("base64url")

/** Any of the secrets will do, so that one can be replaced while addresses are under way. Takes as long for each of them. */
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
