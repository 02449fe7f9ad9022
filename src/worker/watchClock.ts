/** Says when this worker's clock and the database's are too far apart for the webhooks that it signs, and when no longer. */
import { Duration, Effect } from "effect"
import { clockGap } from "../domain/clockGap.ts"
import { signatureTolerance } from "../policy/deliveries.ts"

export const watchClock = () => {
  let aheadMs = 0
  const isFar = () => Math.abs(aheadMs) > Duration.toMillis(signatureTolerance)
  return {
    aheadMs: () => aheadMs,
    seen: (ahead: number) =>
      Effect.suspend(() => {
        const wasFar = isFar()
        aheadMs = ahead
        if (isFar() === wasFar) return Effect.void
        return wasFar
          ? Effect.logInfo("The clocks of this worker and of the database agree again.")
          : Effect.logError(
            `This worker's clock is ${clockGap(aheadMs)} the database's. Receivers refuse the webhooks that it signs: `
              + "synchronize the clock by NTP."
          )
      })
  }
}
