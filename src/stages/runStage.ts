/**
 * The executor of every stage: checks the circuits, performs the work within its deadline, and acknowledges the outcome.
 * Every outcome is written to the row: the next status, a pause, a retry, or the phase's failure.
 */
import { Cause, DateTime, Duration, Effect, Exit, Option, Random } from "effect"
import { countError } from "../../otel/metrics/errors.ts"
import type { StageOutcome } from "../../otel/metrics/process.ts"
import { timed } from "../../otel/metrics/record.ts"
import { jobAttributes, spanAttributes } from "../../otel/names/attributes.ts"
import { withLogFields } from "../../otel/names/logFields.ts"
import { durationInWords } from "../domain/durationInWords.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import type { JobError } from "../domain/Job.ts"
import { failureOf, type JobStatus, kept, resumeStatus } from "../domain/JobStatus.ts"
import type { StaleClaim } from "../domain/Move.ts"
import {
  errorClass,
  PermanentError,
  type RecoverableError,
  type ServiceError,
  type TransientError
} from "../domain/ServiceError.ts"
import { limitedFor, parkedFor, retryDelay, retryLimit } from "../policy/retries.ts"
import { CircuitBreakers } from "../purchases/CircuitBreakers.ts"
import type { JobRun } from "./JobRun.ts"
import type { Outcome, Stage } from "./Stage.ts"
import { within } from "./within.ts"
import { WorkerIdentity } from "./WorkerIdentity.ts"

/** Fails only if the outcome could not be written. */
export const runStage = <R>(stage: Stage<R>, run: JobRun) =>
  perform(stage, run).pipe(
    Effect.flatMap((outcome) => acknowledge(run, outcome)),
    Effect.annotateSpans(attemptOf(stage, run)),
    // Around the attempt alone, which it shows as failed.
    Effect.withSpan(`stage.${stage.name}`, { attributes: { ...jobAttributes(run.job), ...attemptOf(stage, run) } }),
    Effect.catchTags({
      TransientError: (error) =>
        errorCodes[error.code].circuit === "rate" ? slowDown(run, error) : retryLater(run, error),
      RecoverableError: (error) => park(run, error),
      PermanentError: (error) => fail(run, error)
    }),
    timed("accessa_stage_seconds", (exit) => ({ stage: stage.name, outcome: outcomeOf(exit) })),
    Effect.asVoid,
    withLogFields({ stage: stage.name, attempt: run.job.retryCount + 1 })
  )

const attemptOf = <R>(stage: Stage<R>, { job }: JobRun) =>
  spanAttributes({ stage: stage.name, attempt: job.retryCount + 1 })

const perform = Effect.fnUntraced(function*<R>({ deadline, name, needs, run: work }: Stage<R>, run: JobRun) {
  const breakers = yield* CircuitBreakers
  return yield* breakers.guard(
    needs,
    work(run).pipe(
      within(`The stage ${name}`, deadline, needs[0]),
      Effect.catchDefect((defect) => crash(name, defect))
    )
  )
})

const outcomeOf = (exit: Exit.Exit<StageOutcome, ServiceError | StaleClaim>): StageOutcome => {
  if (Exit.isSuccess(exit)) return exit.value
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  return error === undefined ? "interrupted" : error._tag === "StaleClaim" ? "stale" : "unwritten"
}

/** The defect is only logged, because it may contain the document's text. */
const crash = Effect.fnUntraced(function*(stage: string, defect: unknown) {
  yield* Effect.logError("A stage crashed.", Cause.die(defect))
  return yield* new PermanentError({ code: "INTERNAL", message: `The stage ${stage} failed unexpectedly.` })
})

const acknowledge = (run: JobRun, outcome: Outcome) => {
  switch (outcome._tag) {
    case "pass":
      return Effect.as(Effect.sync(() => run.pass(outcome.to, outcome.set)), "advanced" as const)
    case "advance":
      return Effect.as(run.checkpoint(outcome.to, outcome.set), "advanced" as const)
    case "moved":
      return Effect.as(run.written(outcome.to, outcome.set), "advanced" as const)
    case "wait":
      return Effect.as(
        run.release({ type: "waiting", set: outcome.set, releaseMs: Duration.toMillis(outcome.delay) }),
        "waiting" as const
      )
  }
}

const retryLater = Effect.fnUntraced(function*(run: JobRun, error: TransientError) {
  const { retryCount } = run.job
  if (retryCount >= retryLimit) return yield* fail(run, error)
  yield* countError(error)
  const delay = retryDelay(retryCount, yield* Random.next, error.retryAfter)
  yield* inError(error, Effect.logWarning(`${error.code}: ${error.message} Retrying in ${durationInWords(delay)}.`))
  yield* run.release({
    type: "retry_scheduled",
    set: { lastError: jobError(run.job.status, error), retryCount: retryCount + 1 },
    releaseMs: Duration.toMillis(delay)
  })
  return "retried" as const
})

/** A rate limit says nothing about the document: no attempt is counted, however long a bulk upload has to wait. */
const slowDown = Effect.fnUntraced(function*(run: JobRun, error: TransientError) {
  const { since, waited } = yield* waitFor(run, error)
  if (waited === undefined) return yield* fail(run, error)
  yield* countError(error)
  const delay = limitedFor(waited, yield* Random.next, error.retryAfter)
  yield* inError(error, Effect.logWarning(`${error.code}: ${error.message} Retrying in ${durationInWords(delay)}.`))
  yield* waitAgain(run, error, "retry_scheduled", since, delay)
  return "retried" as const
})

/** No attempt is counted. The settings limit the wait for a dependency that is down; the wait for a budget has no limit. */
const park = Effect.fnUntraced(function*(run: JobRun, error: RecoverableError) {
  const { since, waited } = yield* waitFor(run, error)
  if (waited === undefined) return yield* fail(run, error)
  yield* countError(error)
  const delay = error.retryAfter ?? parkedFor(waited)
  yield* inError(error, Effect.logWarning(`${error.code}: ${error.message} Parked for ${durationInWords(delay)}.`))
  yield* waitAgain(run, error, "parked", since, delay)
  return "parked" as const
})

/** How long the job has waited for the same; undefined if that is too long. */
const waitFor = Effect.fnUntraced(function*({ job: { lastError } }: JobRun, error: TransientError | RecoverableError) {
  const { outagePatience } = yield* WorkerIdentity
  const now = yield* DateTime.now
  const since = (isAbout(lastError, error) ? lastError?.since : undefined) ?? now
  const waited = DateTime.distance(since, now)
  const isOver = error.dependency !== undefined && Duration.isGreaterThan(waited, outagePatience)
  return { since, waited: isOver ? undefined : waited }
})

/** The history records it once, no matter how often the job tries again. */
const waitAgain = (
  { job: { lastError, status }, release }: JobRun,
  error: TransientError | RecoverableError,
  first: "parked" | "retry_scheduled",
  since: DateTime.Utc,
  delay: Duration.Duration
) =>
  release({
    type: lastError?.code === error.code ? "waiting" : first,
    set: { lastError: { ...jobError(status, error), since } },
    releaseMs: Duration.toMillis(delay)
  })

/** Whether the job has been waiting for the same: a wait for a budget is not one for a service. */
const isAbout = (lastError: JobError | null, { dependency }: TransientError | RecoverableError): boolean =>
  lastError !== null && errorCodes[lastError.code].dependency === (dependency ?? null)

const fail = Effect.fnUntraced(function*(run: JobRun, error: ServiceError) {
  const { status } = run.job
  const to = failureOf(status)
  if (to === undefined) return yield* Effect.die(new Error(`no failure belongs to the status ${status}`))
  yield* countError(error)
  yield* inError(error, Effect.logError(`${error.code}: ${error.message}`))
  yield* run.checkpoint(to, {
    lastError: jobError(status, error),
    resumeStatus: resumeStatus(status, error.code)
  })
  return "failed" as const
})

const inError = (error: ServiceError, log: Effect.Effect<void>) =>
  withLogFields({ error_code: error.code, error_class: errorClass(error) })(log)

const jobError = (status: JobStatus, error: ServiceError): JobError => ({
  code: error.code,
  class: errorClass(error),
  // A vendor's message may be cut in the middle of a character, which Postgres rejects.
  message: error.message.toWellFormed().replaceAll("\u0000", ""),
  help: errorCodes[error.code].help,
  kept: kept(status, error.code),
  atStatus: status,
  ...(error.requestId === undefined ? {} : { requestId: error.requestId })
})
