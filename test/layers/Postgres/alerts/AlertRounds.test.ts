import { assert } from "@effect/vitest"
import { DateTime, Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { AlertRounds, type Holder } from "../../../../services/AlertRounds.ts"
import { AlertChange, Alerts } from "../../../../services/Alerts.ts"
import { AlertId } from "../../../../src/domain/Alert.ts"
import type { AlertLevel } from "../../../../src/domain/AlertNotice.ts"
import { defaultRules } from "../../../../src/domain/AlertRule.ts"
import type { OpenAlert, Told } from "../../../../src/domain/OpenAlert.ts"
import { begin } from "../../../../src/monitor/alerts/advance.ts"
import { noticeOf } from "../../../../src/monitor/alerts/noticeOf.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { someone, stores } from "../../../support/databases/stores.ts"

const holder = (digit: number): Holder => ({
  id: `${digit}0000000-0000-4000-8000-000000000000`,
  hostname: `host ${digit}`,
  version: "1"
})
const minute = Duration.minutes(1)
const toNotice = noticeOf({ environment: "test", dashboard: new URL("http://127.0.0.1:3000") })
const fence = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM alerts`
  yield* sql`DELETE FROM monitor_lease`
  return yield* Effect.flatMap((yield* AlertRounds).lead(holder(1), minute), Effect.fromOption)
})
const firing: Told = { sink: "slack", state: "firing", level: "team" }
const resolved: Told = { ...firing, state: "resolved" }

/** Judges: one alert that fires, or the open one with these changes. */
const write = Effect.fnUntraced(function*(
  held: number,
  at: DateTime.Utc,
  notices: ReadonlyArray<Told>,
  set: Partial<OpenAlert> = {}
) {
  const rounds = yield* AlertRounds
  return yield* rounds.round(held, at, {
    complete: true,
    noticeOf: toNotice,
    judge: ([known]) => [{
      alert: {
        ...known ?? begin({ rule: "BUDGET_LOW", subject: "all", message: "80 %." }, defaultRules.BUDGET_LOW, at),
        ...set
      },
      notices
    }]
  })
})

onEachDatabase("the monitor's rounds", (suite) => {
  suite.layer(stores)((it) => {
    it.effect("one monitor holds the lease until it is over, and its fence writes nothing afterwards", () =>
      Effect.gen(function*() {
        const rounds = yield* AlertRounds
        const alerts = yield* Alerts
        const first = yield* fence
        const now = yield* DateTime.now
        assert.isTrue(Option.isNone(yield* rounds.lead(holder(2), minute)))
        assert.deepStrictEqual(yield* rounds.lead(holder(1), Duration.zero), Option.some(first), "it renews its own")
        const second = yield* Effect.flatMap(rounds.lead(holder(2), minute), Effect.fromOption)
        assert.strictEqual(second, first + 1)
        assert.isFalse(yield* write(first, now, [firing]))
        assert.deepStrictEqual(yield* alerts.list({ which: "all" }), [])
        assert.isTrue(yield* write(second, now, [firing]))
        assert.lengthOf(yield* alerts.list({ which: "all" }), 1)
        assert.deepStrictEqual(yield* rounds.claim(first, now, minute), [], "nor does it send")
        const status = yield* Effect.flatMap(alerts.monitor, Effect.fromOption)
        assert.deepInclude(status, { hostname: "host 2", alive: true })
      }))

    it.effect("a monitor that resigns is followed at once", () =>
      Effect.gen(function*() {
        const rounds = yield* AlertRounds
        yield* rounds.resign(yield* fence)
        assert.isTrue(Option.isSome(yield* rounds.lead(holder(2), minute)))
      }))

    it.effect("a notice is made once, sent again until it is taken, and never overtakes an earlier one", () =>
      Effect.gen(function*() {
        const rounds = yield* AlertRounds
        const held = yield* fence
        const at = yield* DateTime.now
        const later = (seconds: number) => DateTime.add(at, { seconds })
        yield* write(held, at, [firing])
        yield* write(held, at, [firing])
        const [first, ...others] = yield* rounds.claim(held, at, minute)
        assert.lengthOf(others, 0)
        assert.deepInclude(first, { sink: "slack", attempts: 1 })
        const id = first?.deliveryId ?? 0
        yield* rounds.settle(id, at, { _tag: "Failed", message: "500", retryIn: Option.some(Duration.seconds(30)) })
        yield* write(held, later(1), [resolved], { closedAt: Option.some(later(1)), settled: true })
        assert.deepStrictEqual(yield* rounds.claim(held, later(2), minute), [], "the end waits for the beginning")
        const [again] = yield* rounds.claim(held, later(31), minute)
        assert.deepInclude(again, { deliveryId: id, attempts: 2 })
        yield* rounds.settle(id, later(31), { _tag: "Delivered", repeatIn: Option.some(minute) })
        const [end] = yield* rounds.claim(held, later(32), minute)
        assert.strictEqual(end?.notice.state, "resolved")
        yield* rounds.settle(end?.deliveryId ?? 0, later(32), { _tag: "Delivered", repeatIn: Option.none() })
        assert.deepStrictEqual(yield* rounds.claim(held, later(600), minute), [], "an ended alert is not repeated")
      }))

    it.effect("a notice that its sink wants to hear again is due again while the alert lasts", () =>
      Effect.gen(function*() {
        const rounds = yield* AlertRounds
        const held = yield* fence
        const at = yield* DateTime.now
        yield* write(held, at, [firing])
        const [first] = yield* rounds.claim(held, at, minute)
        yield* rounds.settle(first?.deliveryId ?? 0, at, { _tag: "Delivered", repeatIn: Option.some(minute) })
        assert.lengthOf(yield* rounds.claim(held, DateTime.add(at, { seconds: 59 }), minute), 0)
        assert.lengthOf(yield* rounds.claim(held, DateTime.add(at, { seconds: 61 }), minute), 1)
      }))

    it.effect("what an operator has changed since is what the monitor reads, and stays as it is", () =>
      Effect.gen(function*() {
        const alerts = yield* Alerts
        const held = yield* fence
        const at = yield* DateTime.now
        yield* write(held, at, [firing])
        const [alert] = yield* alerts.list({ which: "open" })
        yield* alerts.change(alert?.alertId ?? AlertId.make(0), AlertChange.Acknowledge(), someone)
        yield* write(held, at, [])
        const [after] = yield* alerts.list({ which: "open" })
        assert.deepInclude(after, {
          state: "acknowledged",
          changedBy: "key:test",
          level: Option.some<AlertLevel>("team")
        })
      }))

    it.effect("a notice that its sink has not taken waits while the alert is silenced, unless the alert ends", () =>
      Effect.gen(function*() {
        const rounds = yield* AlertRounds
        const alerts = yield* Alerts
        const held = yield* fence
        const at = yield* DateTime.now
        const later = (seconds: number) => DateTime.add(at, { seconds })
        yield* write(held, at, [firing])
        const [refused] = yield* rounds.claim(held, at, minute)
        const deliveryId = refused?.deliveryId ?? 0
        const failed = { _tag: "Failed", message: "500", retryIn: Option.some(Duration.seconds(2)) } as const
        yield* rounds.settle(deliveryId, at, failed)
        const [alert] = yield* alerts.list({ which: "open" })
        yield* alerts.change(alert?.alertId ?? AlertId.make(0), AlertChange.Silence({ until: later(60) }), someone)
        assert.deepStrictEqual(yield* rounds.claim(held, later(30), minute), [])
        const [afterwards] = yield* rounds.claim(held, later(61), minute)
        assert.deepInclude(afterwards, { deliveryId, attempts: 2 })
        yield* rounds.settle(deliveryId, later(61), failed)
        yield* alerts.change(alert?.alertId ?? AlertId.make(0), AlertChange.Silence({ until: later(600) }), someone)
        yield* write(held, later(90), [resolved], { closedAt: Option.some(later(90)), settled: true })
        const [beginning] = yield* rounds.claim(held, later(91), minute)
        assert.deepInclude(beginning, { deliveryId, attempts: 3 })
      }))

    it.effect("an alert from memory is written once with the notices it has had", () =>
      Effect.gen(function*() {
        const alerts = yield* Alerts
        const rounds = yield* AlertRounds
        yield* fence
        const at = yield* DateTime.now
        const finding = { rule: "DATABASE_UNREACHABLE", subject: "", message: "It is gone." } as const
        const outage = {
          ...begin(finding, { ...defaultRules.DATABASE_UNREACHABLE, hold: 0 }, at),
          noticeId: Option.some("outage-1"),
          told: [firing]
        }
        assert.isTrue(yield* rounds.record(outage, toNotice))
        assert.isFalse(yield* rounds.record(outage, toNotice))
        const [alert] = yield* alerts.list({ which: "open" })
        assert.deepInclude(alert, {
          rule: "DATABASE_UNREACHABLE",
          state: "firing",
          level: Option.some<AlertLevel>("team")
        })
      }))
  })
})
