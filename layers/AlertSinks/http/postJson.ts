/** One POST to a sink that the operator has configured. Its address may be a secret, so nothing of the call is traced. */
import { Clock, Effect, Redacted, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { AlertSinkFailed } from "../../../services/AlertSinks.ts"
import type { AlertSinkName } from "../../../src/domain/AlertNotice.ts"
import { redact } from "../../../src/domain/redact.ts"
import { sinkTimeout } from "../../../src/policy/alertSinks.ts"
import { oneLine, shorten } from "../text/describe.ts"
import { refusalOf } from "./refusalOf.ts"

export interface JsonSink {
  readonly name: AlertSinkName
  /** As in messages, such as `PagerDuty`. */
  readonly service: string
  readonly url: URL
  readonly token?: Redacted.Redacted | undefined
  /** Never repeated, even if the service does. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

export const postJson = Effect.fn("AlertSinks.postJson")(function*(sink: JsonSink, body: unknown) {
  const { name, secrets, service, token, url } = sink
  const client = yield* HttpClient.HttpClient
  const bare = HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(url), body)
  const failed = (message: string) => new AlertSinkFailed({ sink: name, message, retryable: true })
  const refusal = yield* client.execute(token === undefined ? bare : HttpClientRequest.bearerToken(bare, token)).pipe(
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
    Effect.provideService(HttpClient.TracerPropagationEnabled, false),
    Effect.mapError(() => failed(`The connection to ${service} at ${url.host} failed.`)),
    Effect.flatMap((response) =>
      Effect.map(Effect.all([beginning(response), Clock.currentTimeMillis]), ([text, now]) => {
        const said = oneLine(redact(text, secrets.map(Redacted.value)))
        return refusalOf(sink, { status: response.status, retryAfter: response.headers["retry-after"], said }, now)
      })
    ),
    Effect.timeoutOrElse({
      duration: sinkTimeout,
      orElse: () => Effect.fail(failed(`${service} at ${url.host} did not answer in time.`))
    })
  )
  if (refusal !== undefined) return yield* refusal
})

const mostBytes = 2_000

/** A body may be endless, or break off after the status is known. */
const beginning = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> => {
  let size = 0
  return response.stream.pipe(
    Stream.takeUntil((part) => (size += part.length) >= mostBytes),
    Stream.runCollect,
    Effect.map((parts) => shorten(Buffer.concat([...parts]).toString("utf8"), 300)),
    Effect.orElseSucceed(() => "")
  )
}
