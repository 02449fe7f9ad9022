/** Callbacks as the parser sends them, malformed ones, and forged ones. */
import type { Redacted } from "effect"
import { createHmac } from "node:crypto"
import { JobId } from "../../src/domain/Ids.ts"
import { callbackUrl } from "../../src/http/links/callbackUrl.ts"
import type { Call } from "./Call.ts"
import type { Dice } from "./Dice.ts"
import { oddJson, oddNumber, oddText } from "./oddities.ts"

/** A job with the secret that signs its callbacks. */
interface SignedJob {
  readonly job_id: string
  readonly secret: string
}

export interface Targets {
  readonly dice: Dice
  readonly jobs: readonly [SignedJob, ...ReadonlyArray<SignedJob>]
  /** The service's secret, which signs the addresses that it gives to the parser. */
  readonly addressSecret: Redacted.Redacted
}

const callback = (dice: Dice): string => {
  const fields: Record<string, unknown> = {
    event_id: dice.percent(30) ? `event-${dice.below(100)}` : `event-${dice.next()}`,
    event_type: dice.pick(["parse.success", "parse.error", "parse.partial_success", "parse.cancelled"]),
    timestamp: Date.now() / 1000 - dice.below(80_000),
    data: { id: "pjb-1", job_id: "pjb-1" }
  }
  const text = JSON.stringify(fields)
  return dice.percent(20) ? JSON.stringify(text) : text
}

/** With a shape or an age that no callback has. */
const noCallback = (dice: Dice): Buffer => {
  const fields: Record<string, unknown> = { event_id: "event-1", event_type: "parse.success", timestamp: 1 }
  switch (dice.below(6)) {
    case 0:
      return Buffer.from(JSON.stringify(fields))
    case 1:
      fields[dice.pick(["event_id", "event_type", "timestamp"])] = dice.pick([null, {}, [], "", "x".repeat(300), true])
      return Buffer.from(JSON.stringify(fields))
    case 2:
      return Buffer.from(callback(dice)).subarray(0, dice.below(60))
    case 3:
      return Buffer.from(`{"event_id":${JSON.stringify(oddText(dice))},"timestamp":${oddNumber(dice)}}`)
    case 4:
      return Buffer.from(Array.from({ length: dice.below(200) }, () => dice.below(256)))
    default:
      return Buffer.from(oddJson(dice))
  }
}

const sign = (secret: string, body: Buffer): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`

const types = ["text/plain", "application/x-www-form-urlencoded", "", "application/xml", "multipart/form-data"] as const

/** `genuine`: everything about it is usually valid; the others are invalid in at least one respect. */
export const webhookCall = ({ addressSecret, dice, jobs }: Targets, genuine: boolean): Call => {
  const job = dice.pick(jobs)
  let body: Buffer = Buffer.from(callback(dice))
  let signature: string | undefined = sign(job.secret, body)
  let url = callbackUrl([addressSecret], new URL("http://api/"))(JobId.make(job.job_id))
  let type: string = "application/json"
  if (genuine) {
    if (dice.percent(15)) {
      body = noCallback(dice)
      signature = sign(job.secret, body)
    }
  } else {
    switch (dice.below(13)) {
      case 0:
        signature = undefined
        break
      case 1:
        signature = sign(
          dice.pick(["other", ...jobs.filter((other) => other !== job).map(({ secret }) => secret)]),
          body
        )
        break
      case 2:
        signature = signature.slice(0, dice.below(signature.length))
        break
      case 3:
        signature = `${signature}${dice.pick(["0", "00", " x", ",sha256=00"])}`
        break
      case 4: {
        const at = 7 + dice.below(64)
        const digit = (Number.parseInt(signature[at] ?? "0", 16) ^ (1 + dice.below(15))).toString(16)
        signature = signature.slice(0, at) + digit + signature.slice(at + 1)
        break
      }
      case 5:
        signature = oddText(dice)
        break
      case 6:
        // Signed, then changed.
        body = Buffer.concat([body, Buffer.from(dice.pick([" ", "\n", "}", "\u0000"]))])
        break
      case 7:
        body = body.subarray(0, Math.max(0, body.length - 1 - dice.below(40)))
        break
      case 8: {
        const other = dice.pick(["00000000-0000-4000-8000-000000000000", "no-uuid", oddText(dice), "..", "%2e%2e%2f"])
        url = dice.percent(50)
          ? new URL(`http://api/webhooks/llamaparse/${encodeURIComponent(other.toWellFormed())}${url.search}`)
          : callbackUrl([addressSecret], new URL("http://api/"))(JobId.make("00000000-0000-4000-8000-000000000000"))
        break
      }
      case 9:
        // Valid, but for another job.
        url = callbackUrl([addressSecret], new URL("http://api/"))(JobId.make("11111111-1111-4111-8111-111111111111"))
        break
      case 10:
        body = Buffer.concat([body, Buffer.alloc(dice.pick([70_000, 300_000]), " ")])
        signature = sign(job.secret, body)
        break
      case 11:
        body = noCallback(dice)
        signature = sign("another secret", body)
        break
      default:
        url.search = dice.pick(["", "?sig=", "?sig=AAAA", `?sig=${encodeURIComponent(oddText(dice).toWellFormed())}`])
        signature = sign("another secret", body)
    }
    if (dice.percent(10)) type = dice.pick(types)
  }
  return {
    method: "POST",
    path: `${url.pathname}${url.search}`,
    headers: {
      ...(type === "" ? {} : { "content-type": type }),
      ...(signature === undefined
        ? {}
        : { "lc-signature": signature.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?").slice(0, 4_000) })
    },
    body,
    caller: genuine ? "the parser" : "a stranger",
    route: "POST /webhooks/llamaparse/{job_id}"
  }
}
