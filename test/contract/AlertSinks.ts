/** What every sink promises, as a suite over one of them and its receiver. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Fiber, Option, Queue, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import type { AlertSink } from "../../services/AlertSinks.ts"
import { Recorder } from "../privacy/Recorder.ts"
import { aNotice, resolvedNotice } from "../support/builders/aNotice.ts"
import type { Mood, Receiver } from "../support/stubs/alerts/Receiver.ts"

export interface SinkUnderTest {
  readonly sink: AlertSink
  readonly receiver: Receiver
  /** What no error, log line or span may repeat. */
  readonly secrets: ReadonlyArray<string>
  /** What tells alerts apart; a chat has only its messages. */
  readonly tellsAlertsApart: boolean
  readonly sendsRetryAfter: boolean
}

const acknowledged = aNotice({ state: "acknowledged" })

const awkward = {
  "that is empty where it may be": aNotice({
    subject: "",
    description: "",
    labels: {},
    runbookUrl: "",
    dashboardUrl: ""
  }),
  "in other scripts": aNotice({ title: "Чанки не записаны 🧨", description: "Größe, 分割, \u{1F468}\u200D\u{1F469}" }),
  "with markup": aNotice({ title: "<b>&amp; *bold* </b>", description: "<script>alert(1)</script> <!channel> `x`" }),
  "with line breaks": aNotice({
    title: "First\r\nBcc: thief@example.com\r\n\r\nBody",
    subject: "a\nb",
    description: "a\n.\nb"
  }),
  "that is very long": aNotice({
    title: "é".repeat(3_000),
    description: "🧨".repeat(20_000),
    alertId: "x".repeat(400)
  }),
  "with odd labels": aNotice({ labels: { "1st-label": "a", größe: "b" } })
}

export const alertSinkContract = (name: string, make: Effect.Effect<SinkUnderTest, never, Scope.Scope>) =>
  describe(`the sink ${name}`, () => {
    const inMood = (mood: Mood) =>
      Effect.gen(function*() {
        const { receiver, sink } = yield* make
        receiver.mood = mood
        return yield* Effect.flip(sink.deliver(aNotice()))
      })

    it.effect("a notice arrives as firing, acknowledged and resolved, about the same alert", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.now())
        const { receiver, sink, tellsAlertsApart } = yield* make
        for (const notice of [aNotice(), acknowledged, resolvedNotice]) yield* sink.deliver(notice)
        yield* sink.deliver(aNotice({ alertId: "43", subject: "parser" }))
        const states = receiver.taken.map(({ state }) => state)
        assert.deepStrictEqual(states.map((state) => state === "critical" ? "firing" : state), [
          "firing",
          "acknowledged",
          "resolved",
          "firing"
        ])
        const [first, second, third, other] = receiver.taken.map(({ alert }) => alert)
        assert.deepStrictEqual([second, third], [first, first])
        if (tellsAlertsApart) assert.notStrictEqual(other, first)
      }))

    it.effect("a notice arrives with what is wrong, where to look and what to do", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.now())
        const { receiver, sink } = yield* make
        const notice = aNotice()
        yield* sink.deliver(notice)
        const [taken] = receiver.taken
        for (
          const part of [
            notice.title,
            notice.description,
            notice.runbookUrl,
            notice.dashboardUrl,
            "production",
            "EMBED_AUTH"
          ]
        ) assert.include(taken?.text, part)
      }))

    it.effect.each(Object.entries(awkward))("a notice %s is taken", ([, notice]) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.now())
        const { receiver, sink } = yield* make
        const ended = { state: "resolved" as const, endedAt: Option.some(DateTime.add(notice.startedAt, { days: 3 })) }
        yield* sink.deliver(notice)
        yield* sink.deliver({ ...notice, ...ended })
        assert.lengthOf(receiver.taken, 2)
        assert.strictEqual(receiver.taken[0]?.alert, receiver.taken[1]?.alert)
      }))

    it.effect("a busy receiver is tried again, after the time that it asks for", () =>
      Effect.gen(function*() {
        const { sendsRetryAfter } = yield* make
        const failure = yield* inMood("busy")
        assert.isTrue(failure.retryable)
        assert.deepStrictEqual(failure.retryAfter, sendsRetryAfter ? Duration.seconds(7) : undefined)
      }))

    it.effect("a broken receiver is tried again", () =>
      Effect.gen(function*() {
        assert.isTrue((yield* inMood("broken")).retryable)
      }))

    it.effect("a receiver that refuses us is not asked the same again", () =>
      Effect.gen(function*() {
        assert.isFalse((yield* inMood("refuses")).retryable)
      }))

    it.effect("a receiver that never answers is given up in time, and tried again", () =>
      Effect.gen(function*() {
        const { receiver, sink } = yield* make
        receiver.mood = "silent"
        const delivery = yield* Effect.forkChild(Effect.flip(sink.deliver(aNotice())))
        yield* Queue.take(receiver.calls)
        yield* TestClock.adjust("31 seconds")
        const failure = yield* Fiber.join(delivery)
        assert.isTrue(failure.retryable)
        assert.match(failure.message, /in time|within/)
      }))

    it.effect("a receiver that is not there is tried again", () =>
      Effect.gen(function*() {
        const { sink } = yield* Effect.scoped(make)
        const failure = yield* Effect.flip(sink.deliver(aNotice()))
        assert.isTrue(failure.retryable)
        assert.strictEqual(failure.sink, sink.name)
      }))

    it.effect("neither errors nor logs nor spans repeat a secret, even if the receiver does", () =>
      Effect.gen(function*() {
        const { receiver, secrets, sink } = yield* make
        const attempt = sink.deliver(aNotice()).pipe(
          Effect.tapError((failure) => Effect.logError(failure.message, failure)),
          Effect.match({ onFailure: (failure) => inspect(failure, { depth: 9 }), onSuccess: () => "" }),
          Effect.withSpan("test")
        )
        const moods: ReadonlyArray<Mood> = ["takes", "busy", "broken", "refuses"]
        const failures = yield* Effect.forEach(moods, (mood) => {
          receiver.mood = mood
          return attempt
        })
        const { lines, spans } = yield* Recorder
        const told = `${failures.join()} ${yield* lines} ${yield* spans}`
        assert.include(told, sink.name)
        for (const secret of secrets) assert.notInclude(told, secret)
      }).pipe(Effect.provide(Recorder.layer)))
  })
