/** The id that follows a request into its rows, spans, log lines and problems. */
import { Context, Effect, Option, Schema, SchemaGetter } from "effect"
import { CorrelationId } from "../domain/Ids.ts"

export const correlationHeader = "x-correlation-id"

export class Correlation extends Context.Reference<CorrelationId>("accessa/http/Correlation", {
  defaultValue: () => CorrelationId.make("00000000-0000-0000-0000-000000000000")
}) {}

/** Filled in when a problem is encoded, so that nothing that raises one has to pass it on. */
export const RequestCorrelationId = Schema.optionalKey(Schema.toType(CorrelationId)).pipe(
  Schema.encodeTo(CorrelationId, {
    decode: SchemaGetter.passthrough(),
    encode: SchemaGetter.withDefault(Correlation)
  })
)

/** `template` contains `{trace_id}`, or is empty. */
export const traceUrlOf = (template: string, traceId: string): string | null =>
  template === "" ? null : template.replaceAll("{trace_id}", traceId)

/** Where the trace of a request can be looked at, if it is recorded and TRACE_URL_TEMPLATE is set. */
export class TraceUrl extends Context.Reference<Option.Option<string>>("accessa/http/TraceUrl", {
  defaultValue: Option.none
}) {}

/** Filled in like the correlation id. */
export const RequestTraceUrl = Schema.optionalKey(Schema.String).pipe(
  Schema.encodeTo(Schema.optionalKey(Schema.String), {
    decode: SchemaGetter.passthrough(),
    encode: SchemaGetter.transformOptionalEffect(
      (given: Option.Option<string>) => Option.isSome(given) ? Effect.succeed(given) : Effect.service(TraceUrl)
    )
  })
)
