/** A value as the API gives it. */
import { Effect, Schema } from "effect"

/** Every value here was decoded by its schema, so failing to encode it is a bug. */
export const encoded = <A>(schema: Schema.Codec<A, unknown>, value: A): Effect.Effect<Schema.Json> =>
  Effect.orDie(Schema.encodeEffect(Schema.toCodecJson(schema))(value))
