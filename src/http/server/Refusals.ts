/** Counts refused callbacks, and raises one warning and one alert for many of them. */
import { Clock, Duration, Effect } from "effect"
import { count as countMetric } from "../../../otel/metrics/record.ts"
import type { Alerts } from "../../../services/Alerts.ts"
import { refusalAlarm } from "../../policy/callbacks.ts"

export type RefusalReason = "content type" | "size" | "address" | "signature" | "unknown job" | "body" | "age"

export const makeRefusals = (alerts: Alerts["Service"]) => {
  let count = 0
  let windowEnds = 0
  let quietUntil = 0
  return Effect.fnUntraced(function*(reason: RefusalReason) {
    yield* countMetric("accessa_callbacks_total", { verdict: reason })
    const now = yield* Clock.currentTimeMillis
    if (now >= windowEnds) {
      count = 0
      windowEnds = now + Duration.toMillis(refusalAlarm.within)
    }
    count++
    if (count < refusalAlarm.count || now < quietUntil) return
    quietUntil = now + Duration.toMillis(refusalAlarm.within)
    const message = `${count} callbacks were refused within ${
      Duration.format(refusalAlarm.within)
    }, the last one for its ${reason}. Either WEBHOOK_SECRETS differs from the worker's, or someone is probing the endpoint.`
    yield* Effect.logWarning(message)
    yield* alerts.raise({ rule: "CALLBACKS_REFUSED", subject: "", message }).pipe(
      Effect.catch((error) => Effect.logWarning("Could not raise an alert", error))
    )
  })
}
