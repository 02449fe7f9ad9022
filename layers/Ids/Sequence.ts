/** Identifiers that a test can foretell: the first is …0001, the second …0002, whichever kind is asked for. */
import { Effect, Layer } from "effect"
import { Ids } from "../../services/Ids.ts"

export const IdsSequence: Layer.Layer<Ids> = Layer.effect(
  Ids,
  Effect.sync(() => {
    let last = 0
    const next = (width: number) => (++last).toString(16).padStart(width, "0")
    return Ids.of({
      uuid: Effect.sync(() => `00000000-0000-4000-8000-${next(12)}`),
      secret: Effect.sync(() => next(64))
    })
  })
)
