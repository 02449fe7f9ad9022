/** Trace context between processes, as W3C's `traceparent`. */
import { Option, type Tracer } from "effect"
import { Headers, HttpTraceContext } from "effect/http"

/** The span of the process that left it; undefined if it left none, or nonsense. */
export const remoteSpan = (traceparent: string | null): Tracer.ExternalSpan | undefined =>
  traceparent === null ? undefined : Option.getOrUndefined(HttpTraceContext.w3c(Headers.fromInput({ traceparent })))

/** For a call that is part of a recorded span. */
export const traceHeaders = (span: Tracer.Span): Readonly<Record<string, string>> => {
  const { traceparent } = HttpTraceContext.toHeaders(span)
  return span.sampled && traceparent !== undefined ? { traceparent } : {}
}
