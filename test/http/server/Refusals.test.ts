import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, References } from "effect"
import { TestClock } from "effect/testing"
import { Alerts } from "../../../services/Alerts.ts"
import { defaultRules } from "../../../src/domain/AlertRule.ts"
import { makeRefusals } from "../../../src/http/server/Refusals.ts"
import { alarmWindow } from "../../../src/policy/alerts.ts"
import { AlertsMemory } from "../../twins/AlertsMemory.ts"

layer(Layer.merge(Logger.layer([]), AlertsMemory))("refusals", (it) => {
  it.effect("many refusals within a time cause one warning and one alert", () =>
    Effect.gen(function*() {
      const warnings: Array<unknown> = []
      const collect = Logger.make(({ message }) => void warnings.push(message))
      const alerts = yield* Alerts
      const threshold = defaultRules.CALLBACKS_REFUSED.threshold ?? 0
      const refused = makeRefusals({
        alerts,
        rule: "CALLBACKS_REFUSED",
        rules: defaultRules,
        describe: (count, within, reason) => `${count} within ${within}: ${reason}`
      })
      const many = (times: number) => Effect.replicateEffect(refused("signature"), times, { discard: true })
      yield* Effect.gen(function*() {
        yield* many(threshold - 1)
        assert.lengthOf(warnings, 0)
        yield* many(threshold * 5)
        assert.lengthOf(warnings, 1)
        yield* TestClock.adjust(alarmWindow)
        yield* many(threshold - 1)
        assert.lengthOf(warnings, 1, "a new window starts at zero")
        yield* many(1)
        assert.lengthOf(warnings, 2)
      }).pipe(Effect.provide(Logger.layer([collect])), Effect.provideService(References.MinimumLogLevel, "Warn"))
      const open = yield* alerts.list({ which: "open" })
      assert.deepStrictEqual(open.map(({ code, count }) => [code, count]), [["CALLBACKS_REFUSED", 2]])
    }))
})
