/** Callbacks as the parser's provider sends them, and as an attacker would forge them. */
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { createHmac, randomUUID } from "node:crypto"
import { JobId } from "../../src/domain/Ids.ts"
import { callbackUrl } from "../../src/http/links/callbackUrl.ts"
import { webhookSecret, World } from "./World.ts"

interface Forged {
  readonly event?: string
  readonly eventId?: string
  /** Its age in seconds. */
  readonly age?: number
  readonly secret?: string
  readonly signature?: string
  readonly body?: string
  /** To an address that was never issued to the parser. */
  readonly unsignedAddress?: boolean
}

/** The secret that signs a job's callbacks, which no outside caller can read. */
export const secretOf = Effect.fnUntraced(function*(job: { readonly job_id: string }) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly webhook_secret: string }>`
    SELECT webhook_secret FROM upload_jobs WHERE job_id = ${job.job_id}`
  return row?.webhook_secret ?? ""
})

/** Returns the status. */
export const send = Effect.fnUntraced(function*(job: { readonly job_id: string }, forged: Forged = {}) {
  const { urls } = yield* World
  const secret = forged.secret ?? (yield* secretOf(job))
  const body = forged.body ?? JSON.stringify({
    event_id: forged.eventId ?? randomUUID(),
    event_type: forged.event ?? "parse.success",
    timestamp: Date.now() / 1_000 - (forged.age ?? 0),
    data: { id: "pjb-forged", job_id: "pjb-forged" }
  })
  const signature = forged.signature ?? `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
  const url = callbackUrl([Redacted.make(webhookSecret)], urls.api)(JobId.make(job.job_id))
  if (forged.unsignedAddress === true) url.search = ""
  return yield* Effect.promise(() =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "lc-signature": signature },
      body
    }).then((response) => response.body?.cancel().then(() => response.status) ?? response.status)
  )
})

/** Everything a callback could change, as one comparable value. */
export const traceOf = Effect.fnUntraced(function*(job: { readonly job_id: string }) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<Record<string, unknown>>`
    SELECT j.status, j.fence::text AS fence, j.hinted_at::text AS hinted_at, j.run_at::text AS run_at,
      (SELECT count(*)::int FROM webhook_receipts r WHERE r.job_id = j.job_id) AS receipts,
      (SELECT count(*)::int FROM job_events e WHERE e.job_id = j.job_id) AS events
    FROM upload_jobs j WHERE j.job_id = ${job.job_id}`
  return row ?? {}
})
