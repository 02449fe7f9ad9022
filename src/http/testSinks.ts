/** Sends a notice that says it is a test, and reports what each sink answered. */
import { Clock, DateTime, Effect, Option, Result } from "effect"
import type { AlertSink } from "../../services/AlertSinks.ts"
import { BadRequest } from "../api/Problem.ts"
import type { AlertNotice, AlertSinkName } from "../domain/AlertNotice.ts"

const testNotice = (id: string, actor: string, environment: string, now: DateTime.Utc): AlertNotice => ({
  alertId: `test-${id}`,
  rule: "TEST",
  subject: "",
  severity: "info",
  state: "firing",
  title: "This is a test.",
  description: `This is a test by ${actor}. Nothing is wrong.`,
  startedAt: now,
  endedAt: Option.none(),
  labels: {},
  level: "team",
  runbookUrl: "",
  dashboardUrl: "",
  environment
})

/** All of them if none is named. */
export const sinksNamed = (sinks: ReadonlyArray<AlertSink>, name: AlertSinkName | undefined) => {
  const chosen = sinks.filter((sink) => name === undefined || sink.name === name)
  if (chosen.length > 0) return Effect.succeed(chosen)
  const detail = `ALERT_SINKS does not contain ${name}: it is ${sinks.map((sink) => sink.name).join(",")}.`
  return Effect.fail(new BadRequest({ code: "BAD_REQUEST", detail, errors: [{ pointer: "/payload/sink", detail }] }))
}

export const testSinks = Effect.fn("http.alerts.test")(
  function*(
    sinks: ReadonlyArray<AlertSink>,
    by: { readonly id: string; readonly actor: string },
    environment: string
  ) {
    const notice = testNotice(by.id, by.actor, environment, yield* DateTime.now)
    return yield* Effect.forEach(sinks, (one) => tell(one, notice), { concurrency: "unbounded" })
  }
)

/** A sink that opens incidents closes this one again. */
const tell = Effect.fnUntraced(function*({ deliver, name }: AlertSink, notice: AlertNotice) {
  const start = yield* Clock.currentTimeMillis
  const told = yield* Effect.result(Effect.andThen(
    deliver(notice),
    Effect.flatMap(DateTime.now, (now) => deliver({ ...notice, state: "resolved", endedAt: Option.some(now) }))
  ))
  return {
    sink: name,
    delivered: Result.isSuccess(told),
    problem: Result.isFailure(told) ? told.failure.message : null,
    tookMs: (yield* Clock.currentTimeMillis) - start
  }
})
