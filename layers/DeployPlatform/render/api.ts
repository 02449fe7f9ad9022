/** The calls of Render's REST API that we need, repeated where that does no harm. */
import { Clock, type Duration, Effect, Redacted, Schedule, Schema } from "effect"
import { Headers, HttpClient, HttpClientRequest } from "effect/http"
import { PlatformFailed } from "../../../services/DeployPlatform.ts"
import { redact } from "../../../src/domain/redact.ts"
import { parseRetryAfter } from "../../../src/domain/retryAfter.ts"

export interface RenderOptions {
  /** Such as `https://api.render.com/v1`. */
  readonly url: URL
  readonly apiKey: Redacted.Redacted
  readonly callTimeout: Duration.Input
}

class Refused extends Schema.TaggedError<Refused>()("Refused", {
  status: Schema.Int,
  message: Schema.String,
  retryAfter: Schema.optionalKey(Schema.DurationFromMillis)
}) {}

interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly body?: unknown
}

export const renderApi = Effect.fnUntraced(function*({ apiKey, callTimeout, url }: RenderOptions) {
  const client = (yield* HttpClient.HttpClient).pipe(
    HttpClient.mapRequest(HttpClientRequest.bearerToken(apiKey)),
    HttpClient.transform(Effect.provideService(Headers.CurrentRedactedNames, ["authorization"]))
  )
  const base = url.href.replace(/\/$/, "")

  const once = Effect.fnUntraced(function*({ body, method, path }: Call) {
    const bare = HttpClientRequest.make(method)(`${base}${path}`)
    const response = yield* client.execute(body === undefined ? bare : HttpClientRequest.bodyJsonUnsafe(bare, body))
    const text = yield* response.text
    if (response.status < 300) return text
    const said = redact(text.slice(0, 300), [Redacted.value(apiKey)])
    const retryAfter = parseRetryAfter(response.headers["retry-after"], yield* Clock.currentTimeMillis)
    return yield* new Refused({
      status: response.status,
      message: `Render answered ${response.status} to ${method} ${path}: ${said}`,
      ...retryAfter === undefined ? {} : { retryAfter }
    })
  })

  const call = (request: Call) =>
    once(request).pipe(
      Effect.catchTag("HttpClientError", () =>
        Effect.fail(
          new Refused({ status: 0, message: `The connection to Render failed (${request.method} ${request.path}).` })
        )),
      Effect.timeoutOrElse({
        duration: callTimeout,
        orElse: () =>
          Effect.fail(
            new Refused({ status: 0, message: `Render did not answer ${request.method} ${request.path} in time.` })
          )
      }),
      Effect.retry(patience(request.method !== "POST")),
      Effect.mapError(({ message, status }) => new PlatformFailed({ message, retryable: isPassing(status) })),
      Effect.withSpan("DeployPlatform.render")
    )

  /** Answers that do not have the documented shape are not worth repeating. */
  const read = <A, I>(schema: Schema.Codec<A, I>) => {
    const decode = Schema.decodeEffect(Schema.fromJsonString(schema))
    return (request: Call) =>
      Effect.flatMap(call(request), (text) =>
        Effect.mapError(decode(text), () =>
          new PlatformFailed({
            message: `Render's answer to ${request.method} ${request.path} does not have the documented shape.`,
            retryable: false
          })))
  }
  return { call, read }
})

const isPassing = (status: number): boolean => status === 0 || status === 429 || status >= 500

/** A refused request has had no effect; one that failed in another way may have, and a second deployment would begin. */
const patience = (repeatable: boolean) =>
  Schedule.exponential("1 second").pipe(
    Schedule.upTo({ times: 4 }),
    Schedule.setInputType<Refused>(),
    Schedule.modifyDelay(({ duration, input }) => Effect.succeed(input.retryAfter ?? duration)),
    Schedule.while(({ input }) => input.status === 429 || repeatable && isPassing(input.status))
  )
