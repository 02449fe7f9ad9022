/** A callback as LlamaCloud sends it: thin, signed over its raw bytes, three tries. */
import { Clock, Duration, Effect, Schedule } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { createHmac } from "node:crypto"
import { uuidBytes, uuidV5 } from "../../domain/hash.ts"
import type { WebhookStep } from "../scenarios/Scenario.ts"
import type { Account } from "./Account.ts"
import type { ParseEvent, WebhookConfiguration } from "./Configuration.ts"
import { plainText } from "./Page.ts"
import type { ParseJob } from "./ParseJob.ts"

const namespace = uuidBytes("5b0f54a7-3f3e-4c51-8f6f-1e0d1f1c9a11")
const timeout = Duration.seconds(30)
const userAgent = "llamaindex-webhook-service/1.0"

/** One try after another until any 2xx, three at most. */
const send = Effect.fnUntraced(function*(account: Account, request: HttpClientRequest.HttpClientRequest) {
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const wait = account.options.callbackWait ?? Duration.seconds(1)
  yield* client.execute(request).pipe(
    // Discards the response body to free the connection for the next try.
    Effect.tap((response) => response.text),
    Effect.timeout(timeout),
    Effect.retry({ schedule: Schedule.exponential(wait), times: 2 }),
    Effect.matchEffect({
      onSuccess: () => Effect.sync(() => void account.callbacks.delivered++),
      onFailure: () => Effect.sync(() => void account.callbacks.failed++)
    })
  )
})

const sign = (secret: string, body: string): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`

export interface Callback {
  readonly job: ParseJob
  readonly event: ParseEvent
  readonly webhook: WebhookConfiguration
  /** Among the job's. */
  readonly index: number
  readonly step: WebhookStep | undefined
}

export const deliverWebhook = Effect.fn("MockLlamaParse.deliverWebhook")(function*(
  account: Account,
  { event, index, job, step, webhook }: Callback
) {
  const { delay = Duration.zero, drop = false, string_format, times = 1, wrong_signature } = step?.deliver ?? {}
  if (drop) {
    account.callbacks.dropped++
    return
  }
  if (Duration.isPositive(delay)) yield* Effect.sleep(delay)
  const eventId = uuidV5(namespace, `${job.id} ${event} ${index}`)
  const now = yield* Clock.currentTimeMillis
  const thin = JSON.stringify({
    event_id: eventId,
    event_type: event,
    timestamp: now / 1_000,
    data: { id: job.id, job_id: job.id }
  })
  const asString = string_format ?? webhook.webhook_output_format !== "json"
  const body = asString ? JSON.stringify(thin) : thin
  const secret = webhook.webhook_signing_secret
  const request = HttpClientRequest.post(webhook.webhook_url, {
    headers: {
      ...webhook.webhook_headers,
      "user-agent": userAgent,
      "x-webhook-event-id": eventId,
      "x-webhook-event-type": event,
      ...(secret == null ? {} : { "lc-signature": sign(wrong_signature === true ? `${secret}?` : secret, body) })
    },
    body: HttpBody.text(body, "application/json")
  })
  yield* Effect.all(Array.from({ length: times }, () => send(account, request)), {
    concurrency: "unbounded",
    discard: true
  })
})

/** v1's push: the result itself, with no job id and no signature. */
export const pushResult = Effect.fn("MockLlamaParse.pushResult")(function*(
  account: Account,
  job: ParseJob,
  url: string
) {
  const pages = job.pages.map(({ markdown = "", number }) => ({
    page: number,
    text: plainText(markdown),
    md: markdown,
    images: []
  }))
  const body = JSON.stringify({
    txt: pages.map(({ text }) => text).join("\n\n---\n\n"),
    md: pages.map(({ md }) => md).join("\n\n---\n\n"),
    json: pages,
    images: []
  })
  yield* send(
    account,
    HttpClientRequest.post(url, { headers: { "user-agent": userAgent }, body: HttpBody.text(body, "application/json") })
  )
})
