/**
 * Callbacks from the parser. Each arrives at an address that we signed and carries a signature with its job's own secret.
 * It is only a hint to poll the parser, and its body is not trusted. Callbacks without valid signatures are refused without
 * any effect.
 */
import { Clock, Duration, Effect, Option, Schema, Stream } from "effect"
import type { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { createHmac, timingSafeEqual } from "node:crypto"
import { count as countMetric } from "../../otel/metrics/record.ts"
import { jobAttributes, spanAttributes } from "../../otel/names/attributes.ts"
import { jobFields, withLogFields } from "../../otel/names/logFields.ts"
import { requester, tracedIfRecorded } from "../../otel/shared.ts"
import { remoteSpan } from "../../otel/traceContext.ts"
import { Alerts } from "../../services/Alerts.ts"
import { Callbacks } from "../../services/Callbacks.ts"
import { Api } from "../api/Api.ts"
import { PlainText } from "../api/PlainText.ts"
import { BadRequest, NotFound, TooLarge, Unauthorized, UnsupportedMedia } from "../api/Problem.ts"
import { sha256 } from "../domain/hash.ts"
import { JobId } from "../domain/Ids.ts"
import type { JobOrigin } from "../domain/Job.ts"
import { maxCallbackAge, maxCallbackBytes } from "../policy/callbacks.ts"
import { isCallbackSignature } from "./links/callbackUrl.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { makeRefusals } from "./server/Refusals.ts"

type RefusalReason = "content type" | "size" | "address" | "signature" | "body" | "age"

export const CallbacksLive = HttpApiBuilder.group(
  Api,
  "webhooks",
  Effect.fnUntraced(function*(handlers) {
    const callbacks = yield* Callbacks
    const { alertRules: rules, linkSecrets } = yield* HttpOptions
    const refused = makeRefusals({
      alerts: yield* Alerts,
      rule: "CALLBACKS_REFUSED",
      rules,
      describe: (count, within, reason) =>
        `${count} callbacks were refused within ${within}, the last one for its ${reason}. Either WEBHOOK_SECRETS differs from `
        + "the worker's, or someone is probing the endpoint."
    })
    const count = (verdict: RefusalReason) =>
      Effect.andThen(countMetric("accessa_callbacks_total", { verdict }), refused(verdict))

    const refuse = <E>(reason: RefusalReason, problem: E) => Effect.andThen(count(reason), Effect.fail(problem))
    const unsigned = (reason: RefusalReason, detail: string) => refuse(reason, new Unauthorized({ detail }))
    const malformed = (detail: string) => refuse("body", new BadRequest({ code: "BAD_REQUEST", detail, errors: [] }))

    const readBody = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
      const chunks: Array<Uint8Array> = []
      let size = 0
      yield* Stream.runForEach(request.stream, (chunk) => {
        chunks.push(chunk)
        size += chunk.length
        return size > maxCallbackBytes ? refuse("size", tooLarge()) : Effect.void
      }).pipe(Effect.catchTag("HttpServerError", () => malformed("The body ended early.")))
      return Buffer.concat(chunks)
    })

    return handlers.handleRaw(
      "llamaparse",
      handler("http.callbacks.llamaparse", function*({ params, query, request }) {
        if (!isJson.test(request.headers["content-type"] ?? "")) return yield* refuse("content type", notJson())
        if (!isCallbackSignature(linkSecrets, params.job_id, query.sig ?? "")) {
          return yield* unsigned("address", "The address was not issued by this service.")
        }
        const given = signature.exec(request.headers["lc-signature"] ?? "")?.[1]
        if (given === undefined) {
          return yield* unsigned("signature", "The header LC-Signature: sha256=<hex> is missing or malformed.")
        }
        const body = yield* readBody(request)
        const jobId = decodeJobId(params.job_id)
        const found = Option.isSome(jobId) ? yield* callbacks.find(jobId.value) : Option.none()
        // Also computed for an unknown job, so that the response time reveals nothing.
        const secret = Option.match(found, { onNone: () => "", onSome: (job) => job.secret })
        const expected = createHmac("sha256", secret).update(body).digest()
        const isSigned = timingSafeEqual(Buffer.from(given, "hex"), expected)
        if (Option.isNone(jobId) || Option.isNone(found)) {
          // We signed its address, so it is the callback of a job that was deleted meanwhile: no reason for an alert.
          yield* countMetric("accessa_callbacks_total", { verdict: "unknown job" })
          return yield* unknownJob()
        }
        if (!isSigned) return yield* unsigned("signature", "The signature does not match the body.")
        const callback = yield* Effect.catchTag(
          decodeCallback(body.toString("utf8")),
          "SchemaError",
          () => malformed("The body is not a LlamaParse callback.")
        )
        const now = (yield* Clock.currentTimeMillis) / 1000
        if (now - (callback.timestamp ?? now) > Duration.toSeconds(maxCallbackAge)) {
          return yield* unsigned("age", "The callback is older than a day.")
        }
        const isNew = yield* callbacks.record({
          provider: "llamaparse",
          eventId: callback.event_id,
          eventType: callback.event_type,
          jobId: jobId.value,
          payloadSha256: sha256(body)
        }).pipe(asPartOf(found.value.origin))
        const status = isNew ? "recorded" : "duplicate"
        yield* countMetric("accessa_callbacks_total", { verdict: status })
        return { status }
      })
    )
  })
)

/** The parser does not know the trace of the document: its request is in a trace of its own, linked to that of the job. */
const asPartOf = (origin: JobOrigin) => <A, E, R>(recording: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const { span } = yield* requester
    return yield* recording.pipe(
      Effect.tap(Effect.logInfo("The parser called back.")),
      withLogFields(jobFields(origin)),
      Effect.annotateSpans(jobAttributes(origin)),
      tracedIfRecorded,
      Effect.withSpan("process parse_callback", {
        kind: "consumer",
        parent: remoteSpan(origin.traceparent),
        links: Option.toArray(span).map((request) => ({ span: request, attributes: {} })),
        attributes: {
          ...jobAttributes(origin),
          ...spanAttributes({ "messaging.operation.name": "process", "messaging.operation.type": "process" })
        }
      })
    )
  })

const notJson = () => new UnsupportedMedia({ code: "UNSUPPORTED_TYPE", detail: "A callback is application/json." })
const tooLarge = () => new TooLarge({ code: "BODY_TOO_LARGE", detail: "A callback is at most 64 KB long." })
const unknownJob = () => new NotFound({ code: "JOB_NOT_FOUND", detail: "There is no such job." })

const isJson = /^application\/json\s*(;|$)/i
const signature = /^sha256=([0-9a-f]{64})$/i
const decodeJobId = Schema.decodeUnknownOption(JobId)

const Callback = Schema.Struct({
  event_id: PlainText.check(Schema.isMinLength(1), Schema.isMaxLength(200)),
  event_type: PlainText.check(Schema.isMaxLength(100)),
  /** Seconds since 1970. */
  timestamp: Schema.optionalKey(Schema.Finite)
})
const asJson = Schema.fromJsonString(Callback)
/** In the provider's string format the body is JSON inside a JSON string. */
const decodeCallback = Schema.decodeUnknownEffect(Schema.Union([asJson, Schema.fromJsonString(asJson)]))
