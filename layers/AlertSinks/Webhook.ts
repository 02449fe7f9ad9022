/** Alerts as signed webhooks: the same headers and signatures as the webhooks of jobs. */
import { Clock, DateTime, Effect, Redacted, Schema } from "effect"
import { type AlertSink, AlertSinkFailed } from "../../services/AlertSinks.ts"
import { Egress } from "../../services/Egress.ts"
import { AlertNotice } from "../../src/domain/AlertNotice.ts"
import { signWebhook } from "../../src/domain/signWebhook.ts"
import { snakeKeys } from "../../src/domain/snakeKeys.ts"
import { refusalOf } from "./http/refusalOf.ts"

export interface WebhookOptions {
  /** It may contain a token. */
  readonly url: Redacted.Redacted<URL>
  readonly secret: Redacted.Redacted
}

const sink = { name: "webhook", service: "The alert webhook" } as const

const encode = Schema.encodeSync(snakeKeys(AlertNotice.fields))

export const webhookSink = Effect.fnUntraced(function*({ secret, url }: WebhookOptions) {
  const egress = yield* Egress
  const deliver = Effect.fn("AlertSinks.webhook")(function*(notice: AlertNotice) {
    const now = yield* Clock.currentTimeMillis
    const payload = JSON.stringify({
      type: `alert.${notice.state}`,
      timestamp: DateTime.formatIso(DateTime.makeUnsafe(now)),
      data: encode(notice)
    })
    const id = `alert-${notice.alertId}-${notice.state}-${notice.level}`
    const headers = {
      "content-type": "application/json",
      "user-agent": "accessa-alerts",
      ...signWebhook({ id, payload, secrets: [secret] }, now)
    }
    const failed = (retryable: boolean) => ({ message }: { readonly message: string }) =>
      new AlertSinkFailed({ sink: sink.name, message: `${sink.service} was not called: ${message}`, retryable })
    const answer = yield* egress.post({ url: Redacted.value(url).href, headers, body: payload }).pipe(
      Effect.catchTags({
        EgressRefused: (refused) => Effect.fail(failed(false)(refused)),
        EgressFailed: (broken) => Effect.fail(failed(true)(broken))
      })
    )
    const refusal = refusalOf(sink, { ...answer, said: "" }, now)
    if (refusal !== undefined) return yield* refusal
  })
  return { name: sink.name, deliver } satisfies AlertSink
})
