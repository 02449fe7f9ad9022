/**
 * Where the parser's callbacks for a job go. The address carries a signature of ours over the job's id, so that a stranger is
 * turned away before anything is looked up. It is called `sig` because spans and errors leave that parameter out.
 */
import { Redacted } from "effect"
import { createHmac, timingSafeEqual } from "node:crypto"
import type { JobId } from "../domain/Ids.ts"

type Secrets = ReadonlyArray<Redacted.Redacted>

/** Signed with the first secret. */
export const callbackUrl = (secrets: Secrets, publicUrl: URL) => (job: JobId): URL => {
  const url = new URL(`webhooks/llamaparse/${job}`, publicUrl)
  const [current] = secrets
  if (current !== undefined) url.searchParams.set("sig", sign(current, job).toString("base64url"))
  return url
}

/** Any of the secrets will do, so that one can be replaced while callbacks are under way. Takes as long for each of them. */
export const isCallbackSignature = (secrets: Secrets, job: string, given: string): boolean => {
  const bytes = Buffer.from(given, "base64url")
  const matches = secrets.map((secret) => {
    const expected = sign(secret, job)
    return timingSafeEqual(expected, bytes.length === expected.length ? bytes : Buffer.alloc(expected.length))
  })
  return bytes.length === 32 && matches.includes(true)
}

/** What is signed says what for, as the secrets may serve other ends one day. */
const sign = (secret: Redacted.Redacted, job: string): Buffer =>
  createHmac("sha256", Redacted.value(secret)).update(`callback ${job}`).digest()
