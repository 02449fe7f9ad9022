/** An alert from end to end on real rows: from what a rule sees to what its sinks receive. */
import { assert } from "@effect/vitest"
import { Clock, DateTime, Duration, Effect, Layer, Option, Queue, Record } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { AlertFactsSource } from "../../../services/AlertFactsSource.ts"
import { AlertRounds } from "../../../services/AlertRounds.ts"
import { Alerts } from "../../../services/Alerts.ts"
import { type AlertSink, AlertSinkFailed, AlertSinks } from "../../../services/AlertSinks.ts"
import { AlertId } from "../../../src/domain/Alert.ts"
import type { AlertNotice } from "../../../src/domain/AlertNotice.ts"
import { type AlertRuleName, defaultRules } from "../../../src/domain/AlertRule.ts"
import { Alerting, AlertingOptions } from "../../../src/monitor/alerts/Alerting.ts"
import { AlertPorts, NotConnected } from "../../../src/monitor/alerts/AlertPorts.ts"
import { LastJudgement } from "../../../src/monitor/alerts/LastJudgement.ts"
import { onEachDatabase } from "../../support/databases/Databases.ts"
import { emptyTables, stores } from "../../support/databases/stores.ts"

const hold = 0.4
const only = (...names: ReadonlyArray<AlertRuleName>) =>
  Record.map(defaultRules, (rule, name) => ({ ...rule, hold, coolDown: 0.4, enabled: names.includes(name) }))
const addWorker = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes)
    VALUES (gen_random_uuid(), 'here', 1, '1', 'running', 0, 0)`
})
const empty = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* emptyTables
  yield* sql`DELETE FROM alerts`
  yield* sql`DELETE FROM monitor_lease`
})

/** A monitor with the sinks slack and email, which take notices unless they are `refusing`. */
const monitor = Effect.fnUntraced(function*(names: ReadonlyArray<AlertRuleName>) {
  const state: { refusing: ReadonlyArray<string>; down: boolean; locked: boolean } = {
    refusing: [],
    down: false,
    locked: false
  }
  const facts = yield* AlertFactsSource
  const read: AlertFactsSource["Service"]["read"] = (longerThan) =>
    Effect.suspend(() => state.locked ? Effect.never : facts.read(longerThan))
  const ports = { rounds: yield* AlertRounds, facts: { ...facts, read } }
  const taken = yield* Queue.unbounded<string>()
  const notices: Array<AlertNotice> = []
  const sink = (name: "slack" | "email"): AlertSink => ({
    name,
    deliver: (notice) =>
      Effect.suspend(() =>
        state.refusing.includes(name)
          ? Effect.fail(new AlertSinkFailed({ sink: name, message: "It answered 500.", retryable: true }))
          : Effect.asVoid(Effect.andThen(
            Effect.sync(() => notices.push(notice)),
            Queue.offer(taken, `${name}: ${notice.rule} ${notice.subject} ${notice.state}`.replace("  ", " "))
          ))
      )
  })
  const options = {
    holder: { id: "10000000-0000-4000-8000-000000000000", hostname: "here", version: "1" },
    rules: { ...only(...names), SINK_FAILING: { ...only(...names).SINK_FAILING, hold: 0, threshold: 1 } },
    steps: [{ level: "team" as const, after: Duration.zero, sinks: ["slack" as const, "email" as const] }],
    interval: Duration.millis(50),
    patience: Duration.seconds(2),
    origin: { environment: "test", dashboard: new URL("http://127.0.0.1:3000") },
    apiUrl: new URL("http://127.0.0.1:9"),
    directory: "/",
    callbacks: false
  }
  yield* Layer.build(Alerting.pipe(Layer.provide([
    Layer.succeed(AlertingOptions, options),
    Layer.succeed(AlertSinks, [sink("slack"), sink("email")]),
    Layer.succeed(AlertPorts, {
      connect: Effect.suspend(() =>
        state.down ? Effect.fail(new NotConnected({ message: "It is gone." })) : Effect.succeed(ports)
      )
    }),
    LastJudgement.layer,
    FetchHttpClient.layer
  ])))
  const next = (count: number) => Effect.map(Queue.takeN(taken, count), (all) => [...all].toSorted())
  return { next, notices, state }
})

/** In real time, as the database has it. */
const live = Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())

onEachDatabase("the monitor", (suite) => {
  suite.layer(stores)((it) => {
    it.effect("an alert fires after its hold, reaches each sink once, and resolves when the cause is gone", () =>
      Effect.gen(function*() {
        yield* empty
        const alerts = yield* Alerts
        const { next, notices } = yield* monitor(["NO_WORKER"])
        assert.deepStrictEqual(yield* next(2), ["email: NO_WORKER firing", "slack: NO_WORKER firing"])
        const [alert] = yield* alerts.list({ which: "open" })
        assert.deepInclude(alert, { state: "firing", severity: "critical" })
        const heldFor = Option.map(
          alert?.firedAt ?? Option.none(),
          (at) => Duration.toSeconds(DateTime.distance(alert?.openedAt ?? at, at))
        )
        assert.isAtLeast(Option.getOrElse(heldFor, () => 0), hold)
        yield* addWorker
        assert.deepStrictEqual(yield* next(2), ["email: NO_WORKER resolved", "slack: NO_WORKER resolved"])
        assert.deepStrictEqual(new Set(notices.map(({ alertId }) => alertId)), new Set([String(alert?.alertId)]))
        const [ended] = yield* alerts.list({ which: "all" })
        assert.strictEqual(ended?.state, "resolved")
      }).pipe(live, Effect.scoped))

    it.effect("a sink that fails is an alert for the others, gets its notice when it works again, and hears the end", () =>
      Effect.gen(function*() {
        yield* empty
        const { next, state } = yield* monitor(["NO_WORKER", "SINK_FAILING"])
        state.refusing = ["slack"]
        assert.deepStrictEqual(yield* next(2), ["email: NO_WORKER firing", "email: SINK_FAILING slack firing"])
        state.refusing = []
        assert.deepStrictEqual(yield* next(2), ["email: SINK_FAILING slack resolved", "slack: NO_WORKER firing"])
        yield* addWorker
        assert.deepStrictEqual(yield* next(2), ["email: NO_WORKER resolved", "slack: NO_WORKER resolved"])
      }).pipe(live, Effect.scoped))

    it.effect("a database that answers, but whose tables are locked, is an alert from memory: no other rule is judged", () =>
      Effect.gen(function*() {
        yield* empty
        const { next, notices, state } = yield* monitor(["DATABASE_UNREACHABLE"])
        state.locked = true
        assert.deepStrictEqual(yield* next(2), [
          "email: DATABASE_UNREACHABLE firing",
          "slack: DATABASE_UNREACHABLE firing"
        ])
        assert.include(notices[0]?.description, "The database did not answer within 2s.")
        state.locked = false
        assert.deepStrictEqual(yield* next(2), [
          "email: DATABASE_UNREACHABLE resolved",
          "slack: DATABASE_UNREACHABLE resolved"
        ])
      }).pipe(live, Effect.scoped))

    it.effect("a database that is down is an alert from memory, which is written down and resolves under the same id", () =>
      Effect.gen(function*() {
        yield* empty
        const alerts = yield* Alerts
        const { next, notices, state } = yield* monitor(["DATABASE_UNREACHABLE"])
        state.down = true
        assert.deepStrictEqual(yield* next(2), [
          "email: DATABASE_UNREACHABLE firing",
          "slack: DATABASE_UNREACHABLE firing"
        ])
        state.down = false
        assert.deepStrictEqual(yield* next(2), [
          "email: DATABASE_UNREACHABLE resolved",
          "slack: DATABASE_UNREACHABLE resolved"
        ])
        assert.lengthOf(new Set(notices.map(({ alertId }) => alertId)), 1)
        const [alert] = yield* alerts.list({ which: "all" })
        const { deliveries } = yield* Effect.flatMap(alerts.find(alert?.alertId ?? AlertId.make(0)), Effect.fromOption)
        assert.sameMembers(deliveries.map((each) => `${each.sink} ${each.state}`), [
          "slack firing",
          "email firing",
          "slack resolved",
          "email resolved"
        ])
      }).pipe(live, Effect.scoped))
  })
})
