/** A value as the API gives it. */
import { Effect, Schema } from "effect"

/** Every value here was decoded by its schema when it came from the API: that it cannot go back is a mistake in this program. */
export const encoded = <A, I>(schema: Schema.Codec<A, I>, value: A): Effect.Effect<I> =>
  Effect.orDie(Schema.encodeEffect(schema)(value))
