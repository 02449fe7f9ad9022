/** What a look-up found, or the problem that says it is not there. */
import { Effect, Option } from "effect"

export const orMissing = <A, E>(found: Option.Option<A>, missing: () => E): Effect.Effect<A, E> =>
  Option.match(found, { onNone: () => Effect.fail(missing()), onSome: Effect.succeed })
