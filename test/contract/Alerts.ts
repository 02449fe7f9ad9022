/** What the alerts promise to operators, as a suite over a layer. */
import { assert, layer } from "@effect/vitest"
import { DateTime, Duration, Effect, type Layer, Option } from "effect"
import { AlertChange, type AlertChanged, Alerts } from "../../services/Alerts.ts"
import { Circuits } from "../../services/Circuits.ts"
import { type Alert, AlertId } from "../../src/domain/Alert.ts"

const operator = { actor: "key:7", role: "operator", reason: "I look at it.", correlationId: null }

/** An alert that fires about this subject. */
const raised = Effect.fnUntraced(function*(subject: string) {
  const alerts = yield* Alerts
  yield* alerts.raise({ rule: "SIGN_INS_REFUSED", subject, message: "60 sign-ins were refused." })
  const found = (yield* alerts.list({ which: "open" })).find((alert) => alert.subject === subject)
  return { ...alerts, alert: yield* Effect.fromNullishOr(found) }
})

const changed = (answer: AlertChanged): Alert | undefined => answer._tag === "Changed" ? answer.alert : undefined
const eventsOf = (id: AlertId) =>
  Effect.flatMap(Alerts, ({ find }) => Effect.flatMap(find(id), Effect.fromOption)).pipe(
    Effect.map(({ events }) => events.map(({ actor, type }) => `${type} by ${actor}`))
  )

export const alertsContract = <E>(name: string, alerts: Layer.Layer<Alerts | Circuits, E>) =>
  layer(alerts)(`Alerts ${name}`, (it) => {
    it.effect("an alert that is raised again is the same alert, seen twice, with the newest message", () =>
      Effect.gen(function*() {
        const { alert, find, raise } = yield* raised("twice")
        yield* raise({ rule: "SIGN_INS_REFUSED", subject: "twice", message: "90 sign-ins were refused." })
        const { alert: again } = yield* Effect.flatMap(find(alert.alertId), Effect.fromOption)
        assert.deepInclude(again, {
          count: 2,
          message: "90 sign-ins were refused.",
          state: "firing",
          severity: "warning"
        })
        assert.deepStrictEqual(yield* eventsOf(alert.alertId), ["firing by service"])
      }))

    it.effect("an acknowledged alert says who acknowledged it and why, and a second acknowledgement changes nothing", () =>
      Effect.gen(function*() {
        const { alert: { alertId }, change } = yield* raised("acknowledged")
        const first = changed(yield* change(alertId, AlertChange.Acknowledge(), operator))
        assert.deepInclude(first, {
          state: "acknowledged",
          changedBy: "key:7",
          changeReason: Option.some("I look at it.")
        })
        const second = changed(yield* change(alertId, AlertChange.Acknowledge(), { ...operator, actor: "key:8" }))
        assert.deepInclude(second, { state: "acknowledged", changedBy: "key:7" })
        assert.deepStrictEqual(yield* eventsOf(alertId), ["firing by service", "acknowledged by key:7"])
      }))

    it.effect("a silenced alert is silenced until its end, and fires again when the silence is taken back", () =>
      Effect.gen(function*() {
        const { alert: { alertId }, change, list } = yield* raised("silenced")
        const until = DateTime.makeUnsafe("2099-01-01T00:00:00Z")
        const silenced = changed(yield* change(alertId, AlertChange.Silence({ until }), operator))
        assert.deepInclude(silenced, { state: "silenced", silencedUntil: Option.some(until) })
        assert.include((yield* list({ which: "open", state: "silenced" })).map((alert) => alert.alertId), alertId)
        const ended = changed(yield* change(alertId, AlertChange.Unsilence(), operator))
        assert.deepInclude(ended, { state: "firing", silencedUntil: Option.none() })
        assert.deepStrictEqual(
          yield* eventsOf(alertId),
          ["firing by service", "silenced by key:7", "unsilenced by key:7"]
        )
      }))

    it.effect("an alert that has ended can be neither acknowledged nor silenced, and an unknown one is missing", () =>
      Effect.gen(function*() {
        const alerts = yield* Alerts
        const circuits = yield* Circuits
        const parser = yield* Effect.fromNullishOr((yield* circuits.list).find((each) => each.dependency === "parser"))
        yield* circuits.halt({
          dependency: "parser",
          code: "PARSER_AUTH",
          message: "The key is refused.",
          failures: 1,
          generation: parser.generation,
          probeAfter: Duration.minutes(5),
          actor: "worker:1"
        })
        yield* circuits.reset("parser", operator)
        const [alert] = yield* alerts.list({ which: "all", rule: "CIRCUIT_OPEN" })
        assert.deepInclude(alert, { state: "resolved", subject: "parser", code: "PARSER_AUTH" })
        for (const change of [AlertChange.Acknowledge(), AlertChange.Unsilence()]) {
          const answer = yield* alerts.change(alert?.alertId ?? AlertId.make(0), change, operator)
          assert.strictEqual(answer._tag, "Refused")
        }
        const missing = yield* alerts.change(AlertId.make(987_654), AlertChange.Acknowledge(), operator)
        assert.strictEqual(missing._tag, "Missing")
        assert.isTrue(Option.isNone(yield* alerts.find(AlertId.make(987_654))))
      }))
  })
