/** One job while this process works on it: how far it has come, and how much of that is in its row. */
import { Clock, Effect } from "effect"
import { logTransitions } from "../../otel/logs/logTransition.ts"
import { JobQueue } from "../../services/JobQueue.ts"
import type { MissingChunk } from "../../services/Vectors.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { isTerminal, type JobStatus, stateGraph } from "../domain/JobStatus.ts"
import type { Move, MoveFields, StaleClaim } from "../domain/Move.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import { retryWhileDatabaseIsAway } from "../purchases/retryWhileDatabaseIsAway.ts"
import { recordMoves } from "./recordMoves.ts"
import { WorkerIdentity } from "./WorkerIdentity.ts"

type Write = Effect.Effect<void, ServiceError | StaleClaim>

/** What a stage keeps in memory for the next one, which otherwise reads it from the storage or the tables. */
interface InMemory {
  /** The parsed text, if it is not too long for one string. */
  readonly markdown?: string
  /** All chunks that still need a vector, if they fit in one window. */
  readonly missing?: ReadonlyArray<MissingChunk>
}

export interface JobRun {
  /** As far as it has come, which may be ahead of its row. */
  readonly job: ClaimedJob
  /** Whether this process still works on it: it has neither ended nor been released. */
  readonly isHeld: boolean
  readonly inMemory: InMemory
  /** Replaces all that was kept before. */
  readonly keepInMemory: (inMemory: InMemory) => void
  /** Advances in memory; the next write records it. After a crash the step is repeated. */
  readonly pass: (to: JobStatus, set?: MoveFields) => void
  /** Advances, or fails, with a write that records everything passed on the way. */
  readonly checkpoint: (to: JobStatus, set?: MoveFields) => Write
  /** The move that a checkpoint would write, for a stage that writes it in one transaction with its rows. */
  readonly moveTo: (to: JobStatus, set?: MoveFields) => Move
  /** To be called when that move has been written. */
  readonly written: (to: JobStatus, set?: MoveFields) => Effect.Effect<void>
  /** Releases the job at its status, due again later. Everything passed on the way is written first. */
  readonly release: (pause: Pick<Move, "type" | "set" | "releaseMs">) => Write
}

/** `onProgress` runs after each durable step. */
export const startRun = Effect.fnUntraced(
  function*(claimed: ClaimedJob, onProgress: Effect.Effect<void> = Effect.void) {
    const queue = yield* JobQueue
    const { actor } = yield* WorkerIdentity
    const { fence, jobId } = claimed
    let job = claimed
    let isHeld = true
    let inMemory: InMemory = {}
    let writtenAt = yield* Clock.currentTimeMillis
    let row: { readonly status: JobStatus; readonly unwritten: MoveFields } = { status: claimed.status, unwritten: {} }

    const write = (move: Omit<Move, "jobId" | "fence" | "actor">): Write =>
      retryWhileDatabaseIsAway(queue.move({ jobId, fence, actor, ...move }))

    const throughTo = (to: JobStatus): ReadonlyArray<JobStatus> =>
      [...lineBetween(row.status, job.status), ...lineBetween(job.status, to)].filter((status) => status !== to)

    const moveTo = (to: JobStatus, set: MoveFields = {}): Move => {
      const through = throughTo(to)
      return { jobId, fence, actor, from: row.status, through, to, type: "moved", set: { ...row.unwritten, ...set } }
    }

    const pass = (to: JobStatus, set: MoveFields = {}) => {
      job = { ...job, ...fieldsOf(job, set), status: to, retryCount: 0, lastError: set.lastError ?? null }
      row = { ...row, unwritten: { ...row.unwritten, ...set } }
    }

    const written = (to: JobStatus, set: MoveFields = {}) =>
      Effect.clockWith((clock) => {
        const now = clock.currentTimeMillisUnsafe()
        const seconds = (now - writtenAt) / 1_000
        writtenAt = now
        const from = row.status
        const reached = [...throughTo(to), to]
        pass(to, set)
        row = { status: to, unwritten: {} }
        isHeld = !isTerminal(to)
        return recordMoves(job, reached).pipe(
          Effect.andThen(
            logTransitions(job, transitionsOf(from, reached, set, { seconds, chunks: job.progress.chunksTotal }))
          ),
          Effect.andThen(onProgress)
        )
      })

    const checkpoint = (to: JobStatus, set?: MoveFields): Write =>
      Effect.suspend(() => Effect.andThen(write(moveTo(to, set)), written(to, set)))

    const run: JobRun = {
      get job() {
        return job
      },
      get isHeld() {
        return isHeld
      },
      get inMemory() {
        return inMemory
      },
      keepInMemory: (next) => {
        inMemory = next
      },
      pass,
      checkpoint,
      moveTo,
      written,
      release: Effect.fnUntraced(function*(pause) {
        if (row.status !== job.status) yield* checkpoint(job.status)
        yield* write({ from: job.status, to: job.status, ...pause })
        isHeld = false
      })
    }
    return run
  }
)

/**
 * The statuses after `from`, up to `to`, along the main path of the graph; none if `to` is not on it, such as a failure.
 */
const lineBetween = (from: JobStatus, to: JobStatus): ReadonlyArray<JobStatus> => {
  const passed: Array<JobStatus> = []
  for (let at: JobStatus | undefined = from; at !== to;) {
    at = stateGraph[at].next
    if (at === undefined) return []
    passed.push(at)
  }
  return passed
}

/** What was measured belongs to the last one, as the error does. */
const transitionsOf = (
  from: JobStatus,
  reached: ReadonlyArray<JobStatus>,
  { lastError }: MoveFields,
  { chunks, seconds }: { readonly seconds: number; readonly chunks: number }
) =>
  reached.map((to, index) => ({
    from: reached[index - 1] ?? from,
    to,
    ...to === reached.at(-1) ? { code: lastError?.code, seconds, chunks: chunks > 0 ? chunks : undefined } : {}
  }))

/** The fields of a move that are fields of the job. */
const fieldsOf = (
  job: ClaimedJob,
  { pollDeadlineMs: _deadline, progress, resumeStatus: _resume, ...fields }: MoveFields
): Partial<ClaimedJob> => ({ ...fields, progress: { ...job.progress, ...progress } })
