/** The worker's loops that remove expired rows and write figures: they report, and outlive a failure. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Metric, Option, Queue, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { HourlyFigures } from "../../services/HourlyFigures.ts"
import { Retention, type Round } from "../../services/Retention.ts"
import { PermanentError, TransientError } from "../../src/domain/ServiceError.ts"
import { pruneEvery } from "../../src/policy/retention.ts"
import { HourlyFiguresLoop } from "../../src/worker/HourlyFigures.ts"
import { Pruning } from "../../src/worker/Pruning.ts"
import { Sweeper } from "../../src/worker/Sweeper.ts"
import { keptForever } from "../support/builders/kept.ts"
import { sweeper } from "./sweeper.ts"

const away = new TransientError({ code: "DATABASE_UNAVAILABLE", message: "It is away." })
const round = (kind: string, removed: number, more = false): Round => ({ kind, removed, more, failure: Option.none() })

/** What is logged while the layer lives; the queue has each line. */
const logged = Effect.gen(function*() {
  const lines = yield* Queue.unbounded<string>()
  const logger = Logger.make(({ logLevel, message }) => {
    Queue.offerUnsafe(lines, `${logLevel} ${Array.isArray(message) ? message[0] : String(message)}`)
  })
  return { lines, layer: Logger.layer([logger]) }
})

describe("the removal of expired rows", () => {
  it.effect("repeats until nothing is left, counts the rows by kind, and reports how many were removed", () =>
    Effect.gen(function*() {
      const rounds = [[round("history", 500, true), round("alerts", 2)], [round("history", 120)]]
      const { layer, lines } = yield* logged
      const retention = Layer.mock(Retention, { prune: () => Effect.sync(() => rounds.shift() ?? []) })
      yield* Layer.build(Pruning(keptForever).pipe(Layer.provide([retention, sweeper]), Layer.provide(layer)))
      assert.strictEqual(yield* Queue.take(lines), "Info Removed expired rows: 620 of history, 2 of alerts.")
      const seen = yield* Metric.snapshot
      const removed = seen.filter(({ id }) => id === "accessa_pruned_rows_total")
      assert.isNotEmpty(removed)
    }))

  it.effect("begins as soon as the worker is elected, not an interval later", () =>
    Effect.gen(function*() {
      const { layer, lines } = yield* logged
      const retention = Layer.mock(Retention, { prune: () => Effect.succeed([round("history", 620)]) })
      const elected = yield* SubscriptionRef.make(false)
      yield* Layer.build(
        Pruning(keptForever).pipe(Layer.provide([retention, Layer.succeed(Sweeper, elected)]), Layer.provide(layer))
      )
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Queue.size(lines), 0)
      yield* SubscriptionRef.set(elected, true)
      assert.strictEqual(yield* Queue.take(lines), "Info Removed expired rows: 620 of history.")
    }))

  it.effect("names a kind that failed, and removes the others", () =>
    Effect.gen(function*() {
      const { layer, lines } = yield* logged
      const failure = Option.some(new PermanentError({ code: "INTERNAL", message: "A constraint." }))
      const retention = Layer.mock(Retention, {
        prune: () => Effect.succeed([{ kind: "audit", removed: 0, more: false, failure }])
      })
      yield* Layer.build(Pruning(keptForever).pipe(Layer.provide([retention, sweeper]), Layer.provide(layer)))
      assert.strictEqual(yield* Queue.take(lines), "Error Could not remove expired rows of audit.")
    }))

  it.effect("tries again a minute after the database was away", () =>
    Effect.gen(function*() {
      const { layer, lines } = yield* logged
      let tries = 0
      const retention = Layer.mock(Retention, {
        prune: () => Effect.suspend(() => tries++ === 0 ? Effect.fail(away) : Effect.succeed([round("history", 700)]))
      })
      yield* Layer.build(Pruning(keptForever).pipe(Layer.provide([retention, sweeper]), Layer.provide(layer)))
      assert.include(yield* Queue.take(lines), "Error Could not remove expired rows. DATABASE_UNAVAILABLE")
      yield* TestClock.adjust(pruneEvery)
      assert.strictEqual(yield* Queue.take(lines), "Info Removed expired rows: 700 of history.")
    }))
})

describe("the writing of hourly figures", () => {
  it.effect("tries all of them every minute, and again after a failure", () =>
    Effect.gen(function*() {
      const { layer, lines } = yield* logged
      const written = yield* Queue.unbounded<string>()
      let tries = 0
      const figures = Layer.mock(HourlyFigures, {
        sizes: Effect.suspend(() => tries++ === 0 ? Effect.fail(away) : Effect.as(Queue.offer(written, "sizes"), true)),
        spending: Effect.as(Queue.offer(written, "spending"), true),
        times: Effect.as(Queue.offer(written, "times"), true)
      })
      yield* Layer.build(HourlyFiguresLoop.pipe(Layer.provide([figures, sweeper]), Layer.provide(layer)))
      assert.include(yield* Queue.take(lines), "Error Could not record the hourly figures. DATABASE_UNAVAILABLE")
      yield* TestClock.adjust(pruneEvery)
      assert.deepStrictEqual(yield* Queue.takeN(written, 3), ["sizes", "spending", "times"])
    }))
})
