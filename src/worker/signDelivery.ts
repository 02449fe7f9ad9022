/**
 * The headers of a delivery according to Standard Webhooks: an id, a time, and for each secret a signature over both and
 * the body.
 */
import { Redacted } from "effect"
import { createHmac } from "node:crypto"
import type { ClaimedDelivery } from "../../services/DeliveryQueue.ts"

export const signDelivery = (
  { deliveryId, payload, secrets }: Pick<ClaimedDelivery, "deliveryId" | "payload" | "secrets">,
  nowMillis: number
): Readonly<Record<string, string>> => {
  const timestamp = Math.floor(nowMillis / 1000)
  const signed = `${deliveryId}.${timestamp}.${payload}`
  return {
    "webhook-id": deliveryId,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": secrets.map((secret) => `v1,${sign(secret, signed)}`).join(" ")
  }
}

const sign = (secret: Redacted.Redacted, signed: string): string =>
  createHmac("sha256", Buffer.from(Redacted.value(secret).replace(/^whsec_/, ""), "base64")).update(signed)
    .digest("base64")
