/** The user for whom this request sends a file, and what the file's rows record of the request. */
import { Clock, Effect, Option } from "effect"
import { type HttpServerRequest, HttpTraceContext } from "effect/http"
import { Caller } from "../../api/Access.ts"
import { Correlation } from "../../api/Correlation.ts"
import type { Sender } from "../../intake/Sender.ts"
import { RequestId } from "../middleware/RequestId.ts"

export const senderOf = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const { userId } = yield* Caller
  const sender: Sender = {
    userId,
    correlationId: yield* Correlation,
    requestId: yield* RequestId,
    traceparent: yield* traceparentOf(request),
    sentAt: yield* Clock.currentTimeMillis
  }
  return sender
})

/** Our own span if it belongs to the caller's trace, otherwise the caller's header: without a tracer, spans are roots. */
const traceparentOf = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const incoming = HttpTraceContext.fromHeaders(request.headers)
  const span = yield* Effect.option(Effect.currentSpan)
  if (Option.isSome(span) && (Option.isNone(incoming) || incoming.value.traceId === span.value.traceId)) {
    return HttpTraceContext.toHeaders(span.value)["traceparent"] ?? null
  }
  return Option.isSome(incoming) ? request.headers["traceparent"] ?? null : null
})
