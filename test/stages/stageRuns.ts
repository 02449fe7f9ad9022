/** Runs one stage against a queue that only records its moves. */
import { Duration, Effect, Layer, References } from "effect"
import type { Dependency } from "../../src/domain/Dependency.ts"
import type { ClaimedJob } from "../../src/domain/Job.ts"
import type { StaleClaim } from "../../src/domain/Move.ts"
import { RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { type JobRun, startRun } from "../../src/stages/JobRun.ts"
import { runStage } from "../../src/stages/runStage.ts"
import type { Outcome, Stage } from "../../src/stages/Stage.ts"
import { breakers } from "../support/builders/circuits.ts"
import { QueueLog } from "../support/stubs/QueueLog.ts"

export const surroundings = Layer.mergeAll(
  QueueLog.layer,
  breakers,
  Layer.succeed(References.MinimumLogLevel, "None")
)

export const stageOf = (
  job: ClaimedJob,
  work: (run: JobRun) => Effect.Effect<Outcome, ServiceError | StaleClaim>,
  needs: ReadonlyArray<Dependency> = []
) => ({ name: "text" as const, from: [job.status], deadline: Duration.minutes(1), needs, run: work })

/** One run of a stage that does this, and its last move. */
export const run = Effect.fnUntraced(function*(
  job: ClaimedJob,
  work: Effect.Effect<Outcome, ServiceError | StaleClaim> | ((run: JobRun) => ReturnType<Stage<never>["run"]>),
  dependency?: Dependency
) {
  const log = yield* QueueLog
  const one = yield* startRun(job)
  const needs = dependency === undefined ? [] : [dependency]
  yield* runStage(stageOf(job, Effect.isEffect(work) ? () => work : work, needs), one)
  return { job: one.job, isHeld: one.isHeld, move: log.moves.at(-1), moves: log.moves.length }
})

export const failure = { code: "PARSER_FAILED", message: "It failed.", dependency: "parser", requestId: "r1" } as const
export const transient = new TransientError(failure)
export const out = new RecoverableError({ code: "PARSER_UNAVAILABLE", message: "503", dependency: "parser" })
export const rateLimit = { code: "PARSER_RATE_LIMITED", message: "429", dependency: "parser" } as const
