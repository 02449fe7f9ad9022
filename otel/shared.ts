/**
 * Work that is done at once for several requests belongs to the trace of the first one that is recorded. The others link to
 * it, and it links to them. Work that turns out to be for one request is reported like that request's own.
 */
import { Context, Effect, Option, References, Tracer } from "effect"
import { spanAttributes } from "./names/attributes.ts"

export interface Requester {
  /** If it is recorded. */
  readonly span: Option.Option<Tracer.AnySpan>
  readonly attributes: Readonly<Record<string, unknown>>
  readonly fields: Readonly<Record<string, unknown>>
}

/** The request that a fiber with this context works for. */
export const requesterOf = (context: Context.Context<never>): Requester => ({
  span: Option.filter(Context.getOption(context, Tracer.ParentSpan), ({ sampled }) => sampled),
  attributes: Context.get(context, References.TracerSpanAnnotations),
  fields: Context.get(context, References.CurrentLogAnnotations)
})

/** The request that this fiber works for. */
export const requester: Effect.Effect<Requester> = Effect.map(Effect.context<never>(), requesterOf)

/** For what a process does over and over, mostly in vain: it would fill the collector with traces of nothing. */
export const untraced = Effect.withTracerEnabled(false)

/**
 * For the work below a span that begins this process's part of a trace: nothing is traced there if that span is not recorded.
 * Spans that no exporter sees cost a worker up to 8 % of its CPU.
 */
export const tracedIfRecorded = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(requester, ({ span }) => Option.isSome(span) ? work : untraced(work))

const traced = Effect.withTracerEnabled(true)

export const onBehalfOf =
  (requesters: ReadonlyArray<Requester>) => <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const [only, another] = requesters
    const told = only === undefined || another !== undefined ? work : work.pipe(
      Effect.provideService(References.TracerSpanAnnotations, only.attributes),
      Effect.provideService(References.CurrentLogAnnotations, only.fields)
    )
    const [first, ...others] = new Set(requesters.flatMap(({ span }) => Option.toArray(span)))
    if (first === undefined) return untraced(told)
    // The fiber that works for all may be that of a request that is not recorded.
    if (others.length === 0) return traced(Effect.provideService(told, Tracer.ParentSpan, first))
    // Within `withSpan` there is always a current span.
    return traced(Effect.withSpan(
      Effect.andThen(Effect.flatMap(Effect.orDie(Effect.currentSpan), (batch) => linkFrom(others, batch)), told),
      "batch",
      { parent: first, links: others.map(linkTo), attributes: spanAttributes({ "batch.size": requesters.length }) }
    ))
  }

const linkTo = (span: Tracer.AnySpan): Tracer.SpanLink => ({ span, attributes: {} })

const linkFrom = (requesters: ReadonlyArray<Tracer.AnySpan>, batch: Tracer.Span) =>
  Effect.sync(() => {
    for (const span of requesters) if (span._tag === "Span") span.addLinks([linkTo(batch)])
  })
