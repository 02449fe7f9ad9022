/** A value as the API gives it. */
import { Effect, Schema } from "effect"

/** Every value here was decoded by its schema, so failing to encode it is a bug. */
export const encoded = <A, I>(schema: Schema.Codec<A, I>, value: A): Effect.Effect<I> =>
  Effect.orDie(Schema.encodeEffect(schema)(value))
