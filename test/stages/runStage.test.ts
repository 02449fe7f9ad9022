import { it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Logger, References } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { errorCodes } from "../../src/domain/ErrorCode.ts"
import { StaleClaim } from "../../src/domain/Move.ts"
import { PermanentError, RecoverableError, TransientError } from "../../src/domain/ServiceError.ts"
import { retryLimit } from "../../src/policy/retries.ts"
import { advance, wait } from "../../src/stages/Stage.ts"
import { ProbeAnswers } from "../support/builders/circuits.ts"
import { aClaim, QueueLog } from "../support/stubs/QueueLog.ts"
import { failure, out, rateLimit, run, surroundings, transient } from "./stageRuns.ts"

const logsTo = (said: Array<string>) =>
  Effect.provide(Layer.merge(
    Logger.layer([Logger.make(({ message }) => void said.push(String(message)))]),
    Layer.succeed(References.MinimumLogLevel, "Warn")
  ))

describe("a stage", () => {
  it.effect("that has done its work moves the job to the next status, with its results", () =>
    Effect.gen(function*() {
      const job = aClaim({ retryCount: 2 })
      const { isHeld, job: next, move } = yield* run(
        job,
        Effect.succeed(advance("parse_queued", { providerJobId: "pjb-1" }))
      )
      assert.deepInclude(move, {
        jobId: job.jobId,
        fence: 1n,
        from: "uploaded",
        to: "parse_queued",
        type: "moved",
        actor: "worker:test",
        set: { providerJobId: "pjb-1" }
      })
      assert.isTrue(isHeld)
      assert.deepInclude(next, { status: "parse_queued", providerJobId: "pjb-1", retryCount: 0 })
    }).pipe(Effect.provide(surroundings)))

  it.effect("that waits releases the job for that long, without an event or an attempt", () =>
    Effect.gen(function*() {
      const { isHeld, move } = yield* run(
        aClaim({ status: "parse_queued" }),
        Effect.succeed(wait(Duration.seconds(5)))
      )
      assert.isFalse(isHeld)
      assert.include(move, { to: "parse_queued", type: "waiting", releaseMs: 5_000 })
      assert.deepStrictEqual(move?.set, {})
    }).pipe(Effect.provide(surroundings)))

  it.effect("that fails transiently is retried three times, later each time, and then fails", () =>
    Effect.gen(function*() {
      for (let attempt = 0; attempt < retryLimit; attempt++) {
        const { move } = yield* run(aClaim({ retryCount: attempt }), Effect.fail(transient))
        assert.include(move, { to: "uploaded", type: "retry_scheduled" })
        assert.strictEqual(move?.set.retryCount, attempt + 1)
        assert.deepInclude(move?.set.lastError, { code: "PARSER_FAILED", class: "transient", requestId: "r1" })
        const base = 3_000 * 2 ** attempt
        assert.isTrue((move?.releaseMs ?? 0) >= 0.8 * base && (move?.releaseMs ?? 0) <= 1.2 * base)
      }
      const { isHeld, move } = yield* run(aClaim({ retryCount: retryLimit }), Effect.fail(transient))
      assert.isFalse(isHeld)
      assert.include(move, { to: "failed_parse", type: "moved" })
      assert.strictEqual(move?.set.resumeStatus, "uploaded")
    }).pipe(Effect.provide(surroundings)))

  it.effect("that is tried again says when in words, without fractions of a second", () =>
    Effect.gen(function*() {
      const said: Array<string> = []
      for (const error of [transient, out]) yield* run(aClaim(), Effect.fail(error)).pipe(logsTo(said))
      assert.lengthOf(said, 2)
      assert.match(said[0] ?? "", /\. Retrying in [23] s\.$/)
      assert.match(said[1] ?? "", / Parked for 3 s\.$/)
    }).pipe(Effect.provide(surroundings)))

  it.effect("waits at least as long as the provider's Retry-After", () =>
    Effect.gen(function*() {
      const error = new TransientError({ ...failure, retryAfter: Duration.minutes(2) })
      assert.strictEqual((yield* run(aClaim(), Effect.fail(error))).move?.releaseMs, 120_000)
    }).pipe(Effect.provide(surroundings)))

  it.effect("whose provider limits our rate waits longer each time, counts no attempt, and is recorded once", () =>
    Effect.gen(function*() {
      let job = aClaim({ retryCount: 2 })
      const waits: Array<number> = []
      for (let minute = 0; minute < 10; minute++) {
        const { move } = yield* run(job, Effect.fail(new TransientError(rateLimit)))
        assert.include(move, { to: "uploaded", type: minute === 0 ? "retry_scheduled" : "waiting" })
        assert.isUndefined(move?.set.retryCount)
        assert.deepInclude(move?.set.lastError, { code: "PARSER_RATE_LIMITED", class: "transient" })
        waits.push(move?.releaseMs ?? 0)
        job = aClaim({ retryCount: 2, lastError: move?.set.lastError ?? null })
        yield* TestClock.adjust("1 minute")
      }
      for (const [minute, wait] of waits.entries()) {
        const middle = Math.max(3_000, 15_000 * minute)
        assert.isTrue(wait >= 0.8 * middle && wait <= 1.2 * middle, `${wait} ms after ${minute} minutes`)
      }
    }).pipe(Effect.provide(surroundings)))

  it.effect("whose provider limits our rate waits at least as long as its Retry-After, and fails after OUTAGE_HOURS", () =>
    Effect.gen(function*() {
      const asked = new TransientError({ ...rateLimit, retryAfter: Duration.minutes(2) })
      const { move: first } = yield* run(aClaim(), Effect.fail(asked))
      assert.strictEqual(first?.releaseMs, 120_000)
      yield* TestClock.adjust("25 hours")
      const { move } = yield* run(aClaim({ lastError: first?.set.lastError ?? null }), Effect.fail(asked))
      assert.include(move, { to: "failed_parse", type: "moved" })
      assert.strictEqual(move?.set.lastError?.code, "PARSER_RATE_LIMITED")
    }).pipe(Effect.provide(surroundings)))

  it.effect("whose service is unavailable is parked, and no attempt is counted", () =>
    Effect.gen(function*() {
      const { move } = yield* run(aClaim(), Effect.fail(out))
      assert.include(move, { to: "uploaded", type: "parked", releaseMs: 3_000 })
      assert.isUndefined(move?.set.retryCount)
      assert.strictEqual(move?.set.lastError?.class, "recoverable")
    }).pipe(Effect.provide(surroundings)))

  it.effect("that is parked again for the same reason is recorded once in the history", () =>
    Effect.gen(function*() {
      const first = yield* run(aClaim(), Effect.fail(out))
      const lastError = first.move?.set.lastError ?? null
      assert.strictEqual((yield* run(aClaim({ lastError }), Effect.fail(out))).move?.type, "waiting")
    }).pipe(Effect.provide(surroundings)))

  it.effect("whose service stays unavailable waits longer each time, and fails after OUTAGE_HOURS", () =>
    Effect.gen(function*() {
      let job = aClaim()
      const waits: Array<number> = []
      for (let hours = 0; hours < 40; hours++) {
        const { move } = yield* run(job, Effect.fail(out))
        if (move?.type === "moved") {
          assert.strictEqual(move.to, "failed_parse")
          assert.strictEqual(move.set.lastError?.code, "PARSER_UNAVAILABLE")
          assert.isAbove(hours, 24)
          assert.deepStrictEqual(waits.slice(0, 2), [3_000, 300_000])
          return
        }
        waits.push(move?.releaseMs ?? 0)
        job = aClaim({ lastError: move?.set.lastError ?? null })
        yield* TestClock.adjust("1 hour")
      }
      assert.fail("it waits forever")
    }).pipe(Effect.provide(surroundings)))

  it.effect("that has waited for its budget for days still waits for a service that is out", () =>
    Effect.gen(function*() {
      const job = aClaim({ status: "embedding_in_progress" })
      const poor = new RecoverableError({ code: "BUDGET_EXCEEDED", message: "Used up." })
      const { move: first } = yield* run(job, Effect.fail(poor))
      yield* TestClock.adjust("3 days")
      const embedderOut = new RecoverableError({ code: "EMBED_UNAVAILABLE", message: "503", dependency: "embedder" })
      const lastError = first?.set.lastError ?? null
      const { move } = yield* run({ ...job, lastError }, Effect.fail(embedderOut))
      assert.include(move, { type: "parked", to: "embedding_in_progress", releaseMs: 3_000 })
    }).pipe(Effect.provide(surroundings)))

  it.effect("that fails permanently ends in its phase's failure, with what to do and what was kept", () =>
    Effect.gen(function*() {
      const bad = new PermanentError({ code: "EMBED_REJECTED", message: "No." })
      const { move } = yield* run(aClaim({ status: "embedding_in_progress" }), Effect.fail(bad))
      assert.include(move, { to: "failed_embedding", type: "moved" })
      assert.deepStrictEqual(move?.set.lastError, {
        code: "EMBED_REJECTED",
        class: "permanent",
        message: "No.",
        help: errorCodes.EMBED_REJECTED.help,
        kept: "The file, its parsed text, its chunks, and every vector bought so far.",
        atStatus: "embedding_in_progress"
      })
      assert.strictEqual(move?.set.resumeStatus, "embedding_in_progress")
    }).pipe(Effect.provide(surroundings)))

  it.effect(
    "of the parse that failed permanently, or whose text is missing, starts with a new parse when "
      + "retried",
    () =>
      Effect.gen(function*() {
        for (const status of ["uploaded", "parse_queued", "parsed", "chunking"] as const) {
          const bad = new PermanentError({ code: "PARSED_MISSING", message: "Gone." })
          const { move } = yield* run(aClaim({ status }), Effect.fail(bad))
          assert.strictEqual(move?.set.resumeStatus, "uploaded", status)
        }
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("that crashes fails the job with a code, and reveals no internals", () =>
    Effect.gen(function*() {
      const { move } = yield* run(aClaim(), Effect.die(new Error("a secret")))
      assert.strictEqual(move?.set.lastError?.code, "INTERNAL")
      assert.notInclude(JSON.stringify(move?.set), "secret")
    }).pipe(Effect.provide(surroundings)))

  it.effect("that exceeds its deadline is retried", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(run(aClaim(), Effect.never, "parser"))
      yield* TestClock.adjust("1 minute")
      const { move } = yield* Fiber.join(fiber)
      assert.strictEqual(move?.type, "retry_scheduled")
      assert.strictEqual(move?.set.lastError?.code, "PARSER_TIMEOUT")
    }).pipe(Effect.provide(surroundings)))

  it.effect("retries its write while the database is unavailable", () =>
    Effect.gen(function*() {
      const log = yield* QueueLog
      const away = new RecoverableError({ code: "DATABASE_UNAVAILABLE", message: "Away.", dependency: "database" })
      log.failures.push(away, away, away)
      const fiber = yield* Effect.forkChild(run(aClaim(), Effect.succeed(advance("parse_queued"))))
      yield* TestClock.adjust("10 seconds")
      const { job, moves } = yield* Fiber.join(fiber)
      assert.strictEqual(moves, 1)
      assert.strictEqual(job.status, "parse_queued")
    }).pipe(Effect.provide(surroundings)))

  it.effect("writes nothing more once another worker holds the job", () =>
    Effect.gen(function*() {
      const log = yield* QueueLog
      const job = aClaim()
      const stale = new StaleClaim({ jobId: job.jobId })
      log.failures.push(stale)
      for (const work of [Effect.succeed(advance("parse_queued")), Effect.fail(stale)]) {
        assert.strictEqual((yield* Effect.flip(run(job, work)))._tag, "StaleClaim")
      }
      assert.deepStrictEqual(log.moves, [])
    }).pipe(Effect.provide(surroundings)))

  it.effect("does not call a service whose probe fails, until a probe succeeds", () =>
    Effect.gen(function*() {
      const { failing } = yield* ProbeAnswers
      failing.set("parser", out)
      yield* run(aClaim(), Effect.fail(transient), "parser")
      let calls = 0
      const work = Effect.sync(() => {
        calls++
        return advance("parse_queued")
      })
      const refused = yield* run(aClaim(), work, "parser")
      assert.strictEqual(calls, 0)
      assert.strictEqual(refused.move?.type, "parked")
      assert.strictEqual(refused.move?.set.lastError?.code, "PARSER_UNAVAILABLE")
      assert.isTrue((refused.move?.releaseMs ?? 0) > 0 && (refused.move?.releaseMs ?? 0) <= 30_000)
      assert.strictEqual((yield* run(aClaim(), work, "storage")).job.status, "parse_queued", "another service")
      failing.clear()
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* run(aClaim(), work, "parser")).job.status, "parse_queued")
      assert.strictEqual(calls, 2)
    }).pipe(Effect.provide(surroundings)))

  it.effect("does not count bad documents against a service", () =>
    Effect.gen(function*() {
      const bad = new PermanentError({ code: "ENCRYPTED", message: "Locked.", dependency: "parser" })
      for (let n = 0; n < 9; n++) yield* run(aClaim(), Effect.fail(bad), "parser")
      const { isHeld } = yield* run(aClaim(), Effect.succeed(advance("parse_queued")), "parser")
      assert.isTrue(isHeld)
    }).pipe(Effect.provide(surroundings)))
})
