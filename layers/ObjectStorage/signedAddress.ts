/** What becomes of a signed address after its time, for storages that sign addresses themselves. */
import { type Duration, Effect } from "effect"

/** A life of one second, counted in whole seconds, may end before the address is called. */
const attempts = 5

/** Whether an address that opened an object is refused when `over` has passed. Null: none opened it within its life. */
export const isRefusedLater = Effect.fnUntraced(function*<E>(
  sign: Effect.Effect<URL, E>,
  opens: (url: URL) => Effect.Effect<boolean, E>,
  over: Duration.Input
) {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const signed = yield* sign
    if (!(yield* opens(signed))) continue
    yield* Effect.sleep(over)
    return !(yield* opens(signed))
  }
  return null
})
