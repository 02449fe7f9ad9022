import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Heartbeat } from "../../../src/monitor/alerts/Heartbeat.ts"
import { LastJudgement } from "../../../src/monitor/alerts/LastJudgement.ts"
import { Recorder } from "../../privacy/Recorder.ts"

/** A service that expects heartbeats, and a monitor that sends them each minute and judges its rules each 10 seconds. */
const watched = Effect.fnUntraced(function*(statuses: Array<number>) {
  const heard: Array<string> = []
  const service = HttpClient.make((request, url) => {
    heard.push(`${request.method} ${url.href}`)
    const status = statuses.shift()
    return status === undefined
      ? Effect.fail(new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) }))
      : Effect.succeed(HttpClientResponse.fromWeb(request, new Response("OK", { status })))
  })
  const context = yield* Layer.build(
    Heartbeat({
      url: Redacted.make(new URL("https://hc.example/ping/s3cret-check")),
      interval: Duration.seconds(60),
      judgedEvery: Duration.seconds(10)
    }).pipe(Layer.provideMerge(LastJudgement.layer), Layer.provide(Layer.succeed(HttpClient.HttpClient, service)))
  )
  // It begins before the first judgement.
  yield* TestClock.adjust(0)
  const { record } = yield* Effect.provideContext(LastJudgement, context)
  const minute = (judging: boolean) =>
    Effect.repeat(
      Effect.andThen(judging ? record : Effect.void, TestClock.adjust("10 seconds")),
      { times: 5 }
    )
  return { heard, minute }
})

describe("the dead man's switch", () => {
  it.effect("heartbeats are sent while the rules are judged, and stop when they are not", () =>
    Effect.gen(function*() {
      const { heard, minute } = yield* watched([200, 200, 200, 200])
      yield* minute(true)
      assert.deepStrictEqual(heard, ["GET https://hc.example/ping/s3cret-check"])
      yield* minute(true)
      assert.lengthOf(heard, 2)
      yield* minute(false)
      yield* minute(false)
      assert.lengthOf(heard, 2)
      yield* minute(true)
      assert.lengthOf(heard, 3)
    }))

  it.effect("no heartbeat is sent before the first judgement", () =>
    Effect.gen(function*() {
      const { heard, minute } = yield* watched([200])
      yield* minute(false)
      yield* minute(false)
      assert.isEmpty(heard)
    }))

  it.effect("heartbeats continue after the service refused one or broke off, and nothing reveals their address", () =>
    Effect.gen(function*() {
      const { heard, minute } = yield* watched([404])
      yield* minute(true)
      yield* minute(true)
      yield* minute(true)
      assert.lengthOf(heard, 3)
      const { lines, spans } = yield* Recorder
      assert.include(yield* lines, "did not accept a heartbeat: it answered 404.")
      assert.include(yield* lines, "did not accept a heartbeat: it cannot be reached.")
      assert.notInclude(`${yield* lines} ${yield* spans}`, "s3cret")
    }).pipe(Effect.provide(Recorder.layer)))
})
