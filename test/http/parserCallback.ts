/** Callbacks as the parser sends them. */
import { Effect, Redacted } from "effect"
import { createHmac, randomUUID } from "node:crypto"
import { JobId } from "../../src/domain/Ids.ts"
import { callbackUrl } from "../../src/http/links/callbackUrl.ts"
import { anUpload } from "../support/builders/jobInMemory.ts"
import { callbackSecret, TestApi } from "../support/harness/TestApi.ts"
import { Pipeline, webhookSecret } from "../twins/Pipeline.ts"

export const sign = (body: string | Uint8Array, secret = webhookSecret) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
export const callback = (fields: Record<string, unknown> = {}) =>
  JSON.stringify({
    event_id: randomUUID(),
    event_type: "parse.success",
    timestamp: Date.now() / 1000,
    data: { id: "pjb-1", job_id: "pjb-1" },
    ...fields
  })

/** The address of a job's callbacks, as given to the parser. */
export const addressOf = (job: string, secret = callbackSecret) => {
  const { pathname, search } = callbackUrl([Redacted.make(secret)], new URL("http://any/"))(JobId.make(job))
  return `${pathname}${search}`
}

export const postTo = Effect.fnUntraced(function*(
  address: string,
  body: string | Uint8Array<ArrayBuffer>,
  signature: string | undefined,
  contentType = "application/json"
) {
  const { request } = yield* TestApi
  const headers = { "content-type": contentType, ...(signature === undefined ? {} : { "lc-signature": signature }) }
  return yield* request(address, { method: "POST", headers, body })
})
export const post = (job: string, body: string | Uint8Array<ArrayBuffer>, signature: string | undefined) =>
  postTo(addressOf(job), body, signature)

export const aJob = Effect.gen(function*() {
  const { accept, callbacks } = yield* Pipeline
  callbacks.length = 0
  return (yield* accept(anUpload())).jobId
})
