import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { AlertList } from "../../src/api/alerts.ts"

describe("the list of alerts", () => {
  it.effect("the list of alerts can be read by a client that does not know the rule or the code of each yet", () =>
    Effect.gen(function*() {
      const at = "2026-11-28T10:00:00.000Z"
      const { alerts } = yield* Schema.decodeUnknownEffect(AlertList)({
        alerts: [{
          alert_id: 1,
          rule: "RULE_OF_A_LATER_RELEASE",
          subject: "",
          key: "RULE_OF_A_LATER_RELEASE",
          code: "CODE_OF_A_LATER_RELEASE",
          severity: "critical",
          state: "firing",
          message: "Something new is wrong.",
          count: 1,
          opened_at: at,
          fired_at: at,
          seen_at: at,
          acknowledged_at: null,
          silenced_until: null,
          closed_at: null,
          changed_by: "service",
          change_reason: null,
          level: null
        }],
        monitor: null
      })
      assert.deepStrictEqual(alerts.map(({ rule }) => rule), ["RULE_OF_A_LATER_RELEASE"])
    }))
})
