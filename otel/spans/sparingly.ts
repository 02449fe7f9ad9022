/**
 * The SDK's tracer without what costs most of a worker's time: it would set OpenTelemetry's own context for each step of each
 * fiber, which nothing here reads, and make spans in traces that are not recorded.
 */
import { Option, Tracer } from "effect"

/** Carries the ids of its trace on, for log lines and for the header `traceparent`, and keeps nothing that no exporter will see. */
class Unrecorded extends Tracer.NativeSpan {
  override attribute() {}
  override event() {}
  override addLinks() {}
  override end() {}
}

export const sparingly = (tracer: Tracer.Tracer): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      // Stands for all spans below it, too: making one for each would cost more than recording one trace in ten.
      if (parent instanceof Unrecorded) return parent
      // Samplers decide by the trace, so that the answer to its first span is the answer to all.
      return parent?._tag === "Span" && !parent.sampled
        ? new Unrecorded({ ...options, sampled: false })
        : tracer.span(options)
    }
  })
