/** The id that follows a request into its rows, spans, log lines and problems. */
import { Context, Schema, SchemaGetter } from "effect"
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
