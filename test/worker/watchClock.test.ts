/** A worker whose clock is wrong signs webhooks that receivers refuse. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { watchClock } from "../../src/worker/watchClock.ts"

describe("a worker's clock", () => {
  it.effect("is reported once when it is too far off for signatures, and once when it no longer is", () =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => {
        lines.push(`${logLevel} ${String(message)}`)
      })
      const clock = watchClock()
      for (const ahead of [299_000, -420_000, -421_000, 3_000, 3_000]) {
        yield* clock.seen(ahead).pipe(Effect.provide(Logger.layer([logger])))
      }
      assert.deepStrictEqual(lines, [
        "Error This worker's clock is 420 s behind the database's. Receivers refuse the webhooks that it signs: "
        + "synchronize the clock by NTP.",
        "Info The clocks of this worker and of the database agree again."
      ])
      assert.strictEqual(clock.aheadMs(), 3_000)
    }))
})
