/**
 * The one combinator every stage runs in: span, correlation id, deadline, breaker, and what becomes of the job. Every way
 * out is a row: the next status, a pause, a retry, or the phase's failure.
 */
import { Cause, DateTime, Duration, Effect, Random } from "effect"
import { JobQueue } from "../../services/JobQueue.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import type { ClaimedJob, JobError } from "../domain/Job.ts"
import { failureOf, type JobStatus } from "../domain/JobStatus.ts"
import type { Move } from "../domain/Move.ts"
import { errorClass, PermanentError, type ServiceError, TransientError } from "../domain/ServiceError.ts"
import { timeoutCode } from "../policy/circuits.ts"
import { smallDocument } from "../policy/limits.ts"
import { parkedFor, retryDelay, retryLimit } from "../policy/retries.ts"
import { CircuitBreakers } from "../purchases/CircuitBreakers.ts"
import { retryWhileDatabaseIsAway } from "../purchases/retryWhileDatabaseIsAway.ts"
import { type Outcome, type Running, type Stage, startOf, type Unwritten } from "./Stage.ts"
import { WorkerIdentity } from "./WorkerIdentity.ts"

/** The job as the next stage finds it; undefined when this process is done with it, for now or for good. */
export const runStage = <R>(stage: Stage<R>, running: Running) =>
  Effect.gen(function*() {
    const outcome = yield* guarded(stage, running)
    return yield* record(running, outcome)
  }).pipe(
    Effect.catchTags({
      TransientError: (error) => retryLater(running, error),
      RecoverableError: (error) => park(running, error),
      PermanentError: (error) => fail(running, error)
    }),
    Effect.withSpan(`stage.${stage.name}`, {
      attributes: { "correlation.id": running.job.correlation_id, "job.id": running.job.job_id }
    }),
    Effect.annotateLogs({ stage: stage.name })
  )

const guarded = Effect.fnUntraced(function*<R>(stage: Stage<R>, running: Running) {
  const { needs = [] } = stage
  const [dependency] = needs
  const work = stage.run(running).pipe(
    Effect.timeoutOrElse({
      duration: stage.deadline,
      orElse: () =>
        Effect.fail(
          new TransientError({
            code: timeoutCode[dependency ?? "database"],
            message: `The stage ${stage.name} did not end within ${Duration.format(stage.deadline)}.`,
            ...(dependency === undefined ? {} : { dependency })
          })
        )
    }),
    Effect.catchDefect((defect) =>
      Effect.logError("A stage broke down.", Cause.die(defect)).pipe(
        Effect.andThen(
          Effect.fail(new PermanentError({ code: "INTERNAL", message: `The stage ${stage.name} broke down.` }))
        )
      )
    )
  )
  const breakers = yield* CircuitBreakers
  return yield* breakers.guard(needs, work)
})

const record = Effect.fnUntraced(function*(running: Running, outcome: Outcome) {
  const { job } = running
  if (outcome._tag === "wait") {
    const release_ms = Duration.toMillis(outcome.delay)
    yield* hold(running, { type: "waiting", set: outcome.set ?? {}, release_ms })
    return undefined
  }
  const isLazy = outcome._tag === "advance" && outcome.lazy === true && job.bytes <= smallDocument
  if (outcome._tag === "advance" && !isLazy) {
    const { set = {}, through = [], to } = outcome
    yield* write(running, { through, to, type: "moved", set })
  }
  const next: Running = {
    ...outcome.carried,
    job: { ...job, ...kept(outcome.set), status: outcome.to, retry_count: 0 },
    ...(isLazy ? { unwritten: deferred(running, outcome) } : {})
  }
  return next
})

const deferred = (running: Running, { set, through = [] }: Extract<Outcome, { _tag: "advance" }>): Unwritten => {
  const start = startOf(running)
  return { from: start.from, through: [...start.through, ...through], set: { ...start.set, ...set } }
}

/** The fields of a move that the next stage may read from the job in hand. */
const kept = (set: Move["set"] = {}): Partial<ClaimedJob> => ({
  ...(set.provider_job_id === undefined ? {} : { provider_job_id: set.provider_job_id }),
  ...(set.parsed_path === undefined ? {} : { parsed_path: set.parsed_path }),
  ...(set.parsed_sha256 === undefined ? {} : { parsed_sha256: set.parsed_sha256 }),
  ...(set.parse_report === undefined ? {} : { parse_report: set.parse_report }),
  ...(set.embedding_plan === undefined ? {} : { embedding_plan: set.embedding_plan })
})

const retryLater = Effect.fnUntraced(function*(running: Running, error: TransientError) {
  const { job } = running
  if (job.retry_count >= retryLimit) return yield* fail(running, error)
  const delay = retryDelay(job.retry_count, yield* Random.next, error.retryAfter)
  yield* Effect.logWarning(`${error.code}: ${error.message} Tried again in ${Duration.format(delay)}.`)
  yield* hold(running, {
    type: "retry_scheduled",
    set: { last_error: jobError(job, error), retry_count: job.retry_count + 1 },
    release_ms: Duration.toMillis(delay)
  })
  return undefined
})

/** No attempt is counted. A service that is out is waited for as long as the settings say; a budget, as long as it takes. */
const park = Effect.fnUntraced(function*(running: Running, error: Extract<ServiceError, { _tag: "RecoverableError" }>) {
  const { last_error } = running.job
  const { outagePatience } = yield* WorkerIdentity
  const now = yield* DateTime.now
  const since = last_error?.since ?? now
  const waited = DateTime.distance(since, now)
  if (error.dependency !== undefined && Duration.isGreaterThan(waited, outagePatience)) {
    return yield* fail(running, error)
  }
  const delay = error.retryAfter ?? parkedFor(waited)
  yield* Effect.logWarning(`${error.code}: ${error.message} Parked for ${Duration.format(delay)}.`)
  yield* hold(running, {
    // Looked at again and again while a service is out: the history says it once.
    type: last_error?.code === error.code ? "waiting" : "parked",
    set: { last_error: { ...jobError(running.job, error), since } },
    release_ms: Duration.toMillis(delay)
  })
  return undefined
})

const fail = Effect.fnUntraced(function*(running: Running, error: ServiceError) {
  const { job } = running
  const to = failureOf(job.status)
  if (to === undefined) return yield* Effect.die(new Error(`no failure belongs to the status ${job.status}`))
  yield* Effect.logError(`${error.code}: ${error.message}`)
  yield* write(running, {
    to,
    type: "moved",
    set: {
      last_error: jobError(job, error),
      resume_status: isParseVoid(to, error) ? "uploaded" : job.status
    }
  })
  return undefined
})

/** What the parser answered is final, and so is what came of it; or its text is gone. Either way a retry has to ask for a new parse. */
const isParseVoid = (to: JobStatus, error: ServiceError): boolean =>
  (to === "failed_parse" && error._tag === "PermanentError") || error.code === "PARSED_MISSING"
  || error.code === "PARSED_CORRUPT"

/** The job stays where it is and is given up; what it has passed on its way here is written first. */
const hold = Effect.fnUntraced(function*(running: Running, move: Pick<Move, "type" | "set" | "release_ms">) {
  const { job, unwritten } = running
  if (unwritten !== undefined) {
    const { from, set, through } = unwritten
    yield* insistOn(job, { from, through, to: job.status, type: "moved", set })
  }
  yield* insistOn(job, { from: job.status, to: job.status, ...move })
})

const write = (running: Running, move: Pick<Move, "through" | "to" | "type" | "set">) => {
  const { from, set, through } = startOf(running)
  return insistOn(running.job, {
    from,
    through: [...through, ...(move.through ?? [])],
    to: move.to,
    type: move.type,
    set: { ...set, ...move.set }
  })
}

/** Insists while the database is away: whatever a stage has done is lost to the others until this is written. */
const insistOn = Effect.fnUntraced(function*(job: ClaimedJob, move: Omit<Move, "job_id" | "fence" | "actor">) {
  const queue = yield* JobQueue
  const { actor } = yield* WorkerIdentity
  yield* retryWhileDatabaseIsAway(queue.move({ job_id: job.job_id, fence: job.fence, actor, ...move }))
})

const jobError = (job: ClaimedJob, error: ServiceError): JobError => ({
  code: error.code,
  class: errorClass(error),
  // A vendor's words may be cut in the middle of a character, which no row takes.
  message: error.message.toWellFormed().replaceAll("\u0000", ""),
  help: errorCodes[error.code].help,
  kept: keptAt[failureOf(job.status) ?? "failed_parse"] ?? "",
  at_status: job.status,
  ...(error.requestId === undefined ? {} : { request_id: error.requestId })
})

/** What a failure of each phase leaves in place. */
const keptAt: Partial<Record<ClaimedJob["status"], string>> = {
  failed_parse: "The uploaded file.",
  failed_chunking: "The uploaded file and its parsed text.",
  failed_embedding: "The file, its parsed text, its chunks, and every vector bought so far."
}
