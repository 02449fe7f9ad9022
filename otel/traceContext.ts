/** The span of another process, from the W3C `traceparent` that it left. */
import { Option, type Tracer } from "effect"
import { Headers, HttpTraceContext } from "effect/http"

export const remoteSpan = (traceparent: string): Tracer.ExternalSpan | undefined =>
  Option.getOrUndefined(HttpTraceContext.w3c(Headers.fromInput({ traceparent })))
