import { it } from "@effect/vitest"
import { Duration, Effect, Exit, Layer, Logger, References } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import type { ClaimedJob } from "../../src/domain/Job.ts"
import { StaleClaim } from "../../src/domain/Move.ts"
import { PermanentError, type ServiceError } from "../../src/domain/ServiceError.ts"
import { retryLimit } from "../../src/policy/retries.ts"
import { type JobRun, startRun } from "../../src/stages/JobRun.ts"
import { runStage } from "../../src/stages/runStage.ts"
import { advance, moved, type Outcome, pass, wait } from "../../src/stages/Stage.ts"
import { aClaim, QueueLog } from "../support/stubs/QueueLog.ts"
import { run, stageOf, surroundings, transient } from "./stageRuns.ts"

describe("a stage that passes several statuses", () => {
  it.effect("writes the passed statuses with its next move, and at each checkpoint", () =>
    Effect.gen(function*() {
      const { moves } = yield* QueueLog
      const work = (one: JobRun) =>
        Effect.gen(function*() {
          one.pass("parse_queued", { providerJobId: "pjb-1" })
          one.pass("parsed", { parsedPath: "parsed/1" })
          yield* one.checkpoint("chunking", { parsedSha256: "5e" })
          one.pass("chunks_stored")
          return advance("embedding_in_progress")
        })
      const { job } = yield* run(aClaim({ retryCount: 2 }), work)
      assert.deepStrictEqual(
        moves.map(({ from, set, through, to }) => ({ from, through, to, set })),
        [{
          from: "uploaded",
          through: ["parse_queued", "parsed", "parse_validated"],
          to: "chunking",
          set: { providerJobId: "pjb-1", parsedPath: "parsed/1", parsedSha256: "5e" }
        }, {
          from: "chunking",
          through: ["chunks_stored", "embedding_queued"],
          to: "embedding_in_progress",
          set: {}
        }]
      )
      assert.deepInclude(job, { status: "embedding_in_progress", parsedPath: "parsed/1", retryCount: 0 })
    }).pipe(Effect.provide(surroundings)))

  it.effect("says in the log how long the work for each written move took, and how many chunks there are", () =>
    Effect.gen(function*() {
      const lines: Array<Readonly<Record<string, unknown>>> = []
      const logger = Logger.make(({ fiber }) => void lines.push(fiber.getRef(References.CurrentLogAnnotations)))
      const work = (one: JobRun) =>
        Effect.gen(function*() {
          yield* TestClock.adjust("2 seconds")
          one.pass("parse_queued")
          yield* one.checkpoint("parsed")
          yield* TestClock.adjust("500 millis")
          return advance("chunks_stored", { progress: { chunksTotal: 12, chunksDone: 12 } })
        })
      yield* run(aClaim(), work).pipe(
        Effect.provide(Layer.merge(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, "Info")))
      )
      assert.deepStrictEqual(
        lines.map(({ chunks, duration_seconds, stage, to_status }) => ({ to_status, stage, duration_seconds, chunks })),
        [
          { to_status: "parse_queued", stage: "text", duration_seconds: undefined, chunks: undefined },
          { to_status: "parsed", stage: "text", duration_seconds: 2, chunks: undefined },
          { to_status: "parse_validated", stage: "text", duration_seconds: undefined, chunks: undefined },
          { to_status: "chunking", stage: "text", duration_seconds: undefined, chunks: undefined },
          { to_status: "chunks_stored", stage: "text", duration_seconds: 0.5, chunks: 12 }
        ]
      )
    }).pipe(Effect.provide(surroundings)))

  it.effect(
    "a stage that fails transiently after passing statuses is retried at the last of them, as its "
      + "first failure there",
    () =>
      Effect.gen(function*() {
        const { moves } = yield* QueueLog
        const work = (one: JobRun) => {
          one.pass("chunking", { parseReport: { characters: 1, pages: 0, duplicateOf: null } })
          return Effect.fail(transient)
        }
        yield* run(aClaim({ status: "parsed", retryCount: retryLimit }), work)
        const [passed, retried] = moves
        assert.deepInclude(passed, { from: "parsed", through: ["parse_validated"], to: "chunking", type: "moved" })
        assert.deepInclude(retried, { from: "chunking", to: "chunking", type: "retry_scheduled" })
        assert.strictEqual(retried?.set.retryCount, 1)
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("writes nothing if it ends by passing on; the next stage's move records it", () =>
    Effect.gen(function*() {
      const { moves } = yield* QueueLog
      const one = yield* startRun(aClaim())
      const ends = (outcome: Outcome) => runStage(stageOf(aClaim(), () => Effect.succeed(outcome)), one)
      yield* ends(pass("parsed", { parsedPath: "parsed/1" }))
      assert.lengthOf(moves, 0)
      assert.strictEqual(one.job.status, "parsed")
      yield* ends(advance("chunks_stored"))
      assert.lengthOf(moves, 1)
      assert.deepInclude(moves[0], {
        from: "uploaded",
        through: ["parse_queued", "parsed", "parse_validated", "chunking"],
        to: "chunks_stored",
        set: { parsedPath: "parsed/1" }
      })
    }).pipe(Effect.provide(surroundings)))

  it.effect("that fails permanently after passing statuses ends in the failure of the phase it has reached", () =>
    Effect.gen(function*() {
      const { moves } = yield* QueueLog
      const work = (one: JobRun) => {
        one.pass("chunking")
        return Effect.fail(new PermanentError({ code: "NO_TEXT", message: "None." }))
      }
      yield* run(aClaim({ status: "parsed" }), work)
      assert.lengthOf(moves, 1)
      assert.deepInclude(moves[0], { from: "parsed", through: ["parse_validated", "chunking"], to: "failed_chunking" })
      assert.include(moves[0]?.set, { resumeStatus: "chunking" })
    }).pipe(Effect.provide(surroundings)))

  it.effect("writes how each job ends: done, waiting, retried, failed, crashed or stale", () =>
    Effect.gen(function*() {
      const { moves } = yield* QueueLog
      const stale = aClaim()
      const works = new Map<ClaimedJob, Effect.Effect<Outcome, ServiceError | StaleClaim>>([
        [aClaim(), Effect.succeed(advance("parsed"))],
        [aClaim(), Effect.succeed(wait(Duration.seconds(1)))],
        [stale, Effect.fail(new StaleClaim({ jobId: stale.jobId }))],
        [aClaim(), Effect.fail(transient)],
        [aClaim(), Effect.fail(new PermanentError({ code: "ENCRYPTED", message: "Locked." }))],
        [aClaim(), Effect.die(new Error("a defect"))]
      ])
      const runs = yield* Effect.forEach(works.keys(), (job) => startRun(job))
      const stage = stageOf(aClaim(), ({ job }) => works.get(job) ?? Effect.die(new Error("an unknown job")))
      const endings = yield* Effect.forEach(runs, (run) => Effect.exit(runStage(stage, run)))
      assert.deepStrictEqual(endings.map(Exit.isSuccess), [true, true, false, true, true, true])
      const types = runs.map(({ job }) => moves.find(({ jobId }) => jobId === job.jobId)).map((move) =>
        move === undefined ? "none" : `${move.type} ${move.to}`
      )
      assert.deepStrictEqual(types, [
        "moved parsed",
        "waiting uploaded",
        "none",
        "retry_scheduled uploaded",
        "moved failed_parse",
        "moved failed_parse"
      ])
      assert.deepStrictEqual(runs.map(({ isHeld }) => isHeld), [true, false, true, false, false, false])
    }).pipe(Effect.provide(surroundings)))

  it.effect("reports progress after each durable step, and not for what is only passed", () =>
    Effect.gen(function*() {
      const { moves } = yield* QueueLog
      const reports: Array<number> = []
      const one = yield* startRun(aClaim(), Effect.sync(() => void reports.push(moves.length)))
      const work = (one: JobRun) =>
        Effect.gen(function*() {
          one.pass("parse_queued")
          assert.lengthOf(reports, 0)
          yield* one.checkpoint("parsed")
          return moved("chunks_stored")
        })
      yield* runStage(stageOf(one.job, work), one)
      assert.deepStrictEqual(reports, [1, 1])
    }).pipe(Effect.provide(surroundings)))
})
