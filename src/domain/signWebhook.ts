/**
 * The headers of a webhook according to Standard Webhooks: an id, a time, and for each secret a signature over both and the
 * body.
 */
import { Redacted } from "effect"
import { createHmac } from "node:crypto"

interface Message {
  /** The same for every attempt. */
  readonly id: string
  readonly payload: string
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

export const signWebhook = ({ id, payload, secrets }: Message, nowMillis: number): Readonly<Record<string, string>> => {
  const timestamp = Math.floor(nowMillis / 1000)
  const signed = `${id}.${timestamp}.${payload}`
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": secrets.map((secret) => `v1,${sign(secret, signed)}`).join(" ")
  }
}

const sign = (secret: Redacted.Redacted, signed: string): string =>
  createHmac("sha256", Buffer.from(Redacted.value(secret).replace(/^whsec_/, ""), "base64")).update(signed)
    .digest("base64")
