/**
 * The parser's callbacks. Each is signed with its job's own secret and only a hint to ask the parser: nothing in the body is
 * believed. Whatever is not signed right is refused without any effect.
 */
import { Clock, Effect, Option, Schema, Stream } from "effect"
import type { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { createHmac, timingSafeEqual } from "node:crypto"
import { WebhookReceipts } from "../../services/WebhookReceipts.ts"
import { sha256 } from "../domain/hash.ts"
import { JobId } from "../domain/Ids.ts"
import { Api } from "./Api.ts"
import { Correlation } from "./Correlation.ts"
import { BadRequest, NotFound, TooLarge, Unauthorized } from "./Problem.ts"
import { stageProblem } from "./stageProblem.ts"

const maxBytes = 65_536
/** The provider gives up after seconds: an older callback is a replay. */
const maxAgeSeconds = 86_400

export const WebhooksLive = HttpApiBuilder.group(
  Api,
  "webhooks",
  Effect.fnUntraced(function*(handlers) {
    const receipts = yield* WebhookReceipts

    return handlers.handleRaw(
      "llamaparse",
      Effect.fn("http.webhook")(function*({ params, request }) {
        const body = yield* readBody(request)
        const given = signature.exec(request.headers["lc-signature"] ?? "")?.[1]
        if (given === undefined) {
          return yield* unsigned("The header LC-Signature: sha256=<hex> is missing or malformed.")
        }
        const jobId = decodeJobId(params.job_id)
        const secret = Option.isSome(jobId) ? yield* receipts.secret(jobId.value) : Option.none()
        if (Option.isNone(jobId) || Option.isNone(secret)) return yield* unknownJob
        const expected = createHmac("sha256", secret.value).update(body).digest()
        if (!timingSafeEqual(Buffer.from(given, "hex"), expected)) {
          return yield* unsigned("The signature is not the one of this body.")
        }
        const callback = yield* readCallback(body)
        const age = (yield* Clock.currentTimeMillis) / 1000 - (callback.timestamp ?? Number.POSITIVE_INFINITY)
        if (age > maxAgeSeconds) return yield* unsigned("The callback is older than a day.")
        const status = yield* receipts.record({
          provider: "llamaparse",
          eventId: callback.event_id,
          eventType: callback.event_type,
          jobId: jobId.value,
          payloadSha256: sha256(body)
        })
        return { status }
      }, stageProblem)
    )
  })
)

const signature = /^sha256=([0-9a-f]{64})$/i
const decodeJobId = Schema.decodeUnknownOption(JobId)

const readBody = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const correlation_id = yield* Correlation
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* Stream.runForEach(request.stream, (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    return size > maxBytes
      ? Effect.fail(
        new TooLarge({ code: "BODY_TOO_LARGE", detail: "A callback is at most 64 KB long.", correlation_id })
      )
      : Effect.void
  }).pipe(Effect.catchTag("HttpServerError", () => malformed("The body broke off.")))
  return Buffer.concat(chunks)
})

const Callback = Schema.Struct({
  event_id: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(200)),
  event_type: Schema.String.check(Schema.isMaxLength(100)),
  /** Seconds since 1970. */
  timestamp: Schema.optionalKey(Schema.Finite)
})
const asJson = Schema.fromJsonString(Callback)
/** In the provider's string format the body is JSON inside a JSON string. */
const decodeCallback = Schema.decodeUnknownEffect(Schema.Union([asJson, Schema.fromJsonString(asJson)]))

const readCallback = (body: Buffer) =>
  Effect.catchTag(
    decodeCallback(body.toString("utf8")),
    "SchemaError",
    () => malformed("The body is no callback of LlamaParse.")
  )

const malformed = Effect.fnUntraced(function*(detail: string) {
  return yield* new BadRequest({ code: "BAD_REQUEST", detail, errors: [], correlation_id: yield* Correlation })
})

const unsigned = Effect.fnUntraced(function*(detail: string) {
  return yield* new Unauthorized({ detail, correlation_id: yield* Correlation })
})

const unknownJob = Effect.gen(function*() {
  const detail = "There is no such job."
  return yield* new NotFound({ code: "JOB_NOT_FOUND", detail, correlation_id: yield* Correlation })
})
