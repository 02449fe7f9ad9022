/** Callbacks that were turned away: each counted, and one warning for many of them. */
import { Clock, Duration, Effect, Metric } from "effect"
import { refusalAlarm } from "../policy/callbacks.ts"

export type RefusalReason = "content type" | "size" | "address" | "signature" | "unknown job" | "body" | "age"

const refused = Metric.counter("accessa_callbacks_refused", {
  description: "Callbacks that were turned away, by reason.",
  incremental: true
})

export const makeRefusals = () => {
  let count = 0
  let quietUntil = 0
  return Effect.fnUntraced(function*(reason: RefusalReason) {
    yield* Metric.update(Metric.withAttributes(refused, { reason }), 1)
    const now = yield* Clock.currentTimeMillis
    count++
    if (count < refusalAlarm.count || now < quietUntil) return
    quietUntil = now + Duration.toMillis(refusalAlarm.quiet)
    yield* Effect.logWarning(
      `${count} callbacks were turned away, the last one for its ${reason}. Either WEBHOOK_SECRETS is not the one `
        + "that the worker signs with, or somebody tries the door."
    )
    count = 0
  })
}
