import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Alerts } from "../../services/Alerts.ts"
import { AuditLog } from "../../services/AuditLog.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const withAlert = (name: string, body: Effect.Effect<void, unknown, Alerts | TestApi>) =>
  it.live(name, () =>
    Effect.gen(function*() {
      const alerts = yield* Alerts
      yield* alerts.raise({ rule: "SIGN_INS_REFUSED", subject: "", message: "60 sign-ins were refused." })
      yield* body
    }).pipe(Effect.provide(testApi())))

const send = Effect.fnUntraced(function*(path: string, body?: unknown, role: "operator" | "user" = "operator") {
  const { request } = yield* TestApi
  const headers = { authorization: `Bearer ${keyOf(role)}`, "content-type": "application/json" }
  return yield* request(
    `/api/v1/alerts${path}`,
    body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) }
  )
})
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

describe("alerts over HTTP", () => {
  withAlert(
    "an operator acknowledges, silences and unsilences an alert, and its events say so",
    Effect.gen(function*() {
      const acknowledged = yield* send("/1/acknowledge", { reason: "I look at it." })
      assert.deepInclude(acknowledged.body, { state: "acknowledged", change_reason: "I look at it." })
      const silenced = yield* send("/1/silence", { reason: "A test runs.", until: inAnHour() })
      assert.deepInclude(silenced.body, { state: "silenced", rule: "SIGN_INS_REFUSED" })
      assert.deepInclude((yield* send("/1/unsilence", { reason: "Done." })).body, { state: "acknowledged" })
      const { body } = yield* send("/1")
      assert.match(JSON.stringify(body["events"]), /firing.*acknowledged.*silenced.*unsilenced/u)
    })
  )

  withAlert(
    "a silence without an end, with one that is past, or for longer than 30 days is refused and changes nothing",
    Effect.gen(function*() {
      const wrong = [undefined, null, "2020-01-01T00:00:00Z", "2199-01-01T00:00:00Z"]
      for (const until of wrong) {
        const { body } = yield* send("/1/silence", { reason: "A test runs.", until })
        assert.deepInclude(body, { status: 400, code: "SILENCE_WITHOUT_END" }, `${until}`)
      }
      assert.include((yield* send("/1/silence", { reason: "A test runs." })).text, "A silence needs an end")
      assert.include((yield* send("/1")).text, "\"state\":\"firing\"")
    })
  )

  withAlert(
    "alerts are filtered by state and rule, and a word that is none is refused",
    Effect.gen(function*() {
      assert.include((yield* send("?state=firing&rule=SIGN_INS_REFUSED")).text, "60 sign-ins")
      assert.notInclude((yield* send("?state=resolved")).text, "60 sign-ins")
      assert.strictEqual((yield* send("?state=fireing")).status, 400)
    })
  )

  withAlert(
    "an unknown alert is 404, a change without a reason 400, and a user is refused",
    Effect.gen(function*() {
      assert.deepInclude((yield* send("/99/acknowledge", { reason: "x" })).body, {
        status: 404,
        code: "ALERT_NOT_FOUND"
      })
      assert.strictEqual((yield* send("/1/acknowledge", { reason: " " })).status, 400)
      assert.strictEqual((yield* send("/1/acknowledge", { reason: "x" }, "user")).status, 403)
    })
  )

  it.live("many invalid credentials raise one alert, which says from where the last one came", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const wrong = { headers: { authorization: "Bearer acc_00000000_wrong" } }
      yield* Effect.replicateEffect(request("/api/v1/alerts", wrong), 55, { concurrency: 5, discard: true })
      const [alert, ...others] = yield* (yield* Alerts).list({ which: "open" })
      assert.lengthOf(others, 0)
      assert.strictEqual(alert?.rule, "SIGN_INS_REFUSED")
      assert.match(alert?.message ?? "", /^50 requests .* the last one from .*127\.0\.0\.1/u)
    }).pipe(Effect.provide(testApi())))

  it.live("a test of the sinks is in the audit log, which names the caller and the reason; one of no sink is not", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const headers = {
        authorization: `Bearer ${keyOf("operator")}`,
        "content-type": "application/json",
        "x-reason": "the new channel"
      }
      const test = (body: string) => request("/api/v1/alerts/test", { method: "POST", headers, body })
      assert.strictEqual((yield* test(`{"sink":"slack"}`)).status, 400)
      assert.strictEqual((yield* test("{}")).status, 200)
      const [entry, ...others] = yield* (yield* AuditLog).page(undefined, 10)
      assert.lengthOf(others, 0)
      assert.deepInclude(entry, { action: "alert.test", targetId: "all", role: "operator", reason: "the new channel" })
    }).pipe(Effect.provide(testApi({ sinks: [{ name: "log", deliver: () => Effect.void }] }))))

  withAlert(
    "the rules are listed with their thresholds and times",
    Effect.gen(function*() {
      const { text } = yield* send("/rules")
      assert.include(text, "\"name\":\"STUCK_JOB\"")
      assert.include(text, "\"threshold\":900")
    })
  )
})
