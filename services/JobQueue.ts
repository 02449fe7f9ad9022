/** The worker's side of jobs: claims, leases and status changes. */
import { Context, type Duration, type Effect, type Option, type Stream } from "effect"
import type { JobId, WorkerId } from "../src/domain/Ids.ts"
import type { ClaimedJob } from "../src/domain/Job.ts"
import type { Move, StaleClaim } from "../src/domain/Move.ts"
import type { RateLimit } from "../src/domain/RateLimit.ts"
import type { Receipt } from "../src/domain/Receipt.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface WorkerBeat {
  readonly workerId: WorkerId
  readonly hostname: string
  readonly pid: number
  readonly version: string
  readonly state: "running" | "draining" | "stopped"
  /**
   * The jobs this worker is running. Jobs from a claim or move whose response was lost may still be in its name: their
   * leases expire.
   */
  readonly holds: ReadonlyArray<JobId>
  readonly staleWrites: number
  /** What is left of the providers' rate limits, by their last answers to this process. */
  readonly rateLimits: ReadonlyArray<typeof RateLimit.Encoded>
}

/** The answer to a heartbeat. */
export interface BeatAnswer {
  /** This worker sweeps for all workers, and looks for due jobs that nothing announced. */
  readonly isSweeper: boolean
  /** False: no job is due. */
  readonly mayBeDue: boolean
  /** How far the worker's clock is ahead of the database's; negative if it is behind. */
  readonly clockAheadMs: number
}

export class JobQueue extends Context.Service<JobQueue, {
  /**
   * Claims up to `limit` due jobs, taking turns between users, urgent and oldest first within each, every one under a new
   * fence and a lease on the database's clock. Optionally only jobs of newcomers: users with no running job. While a release is
   * rolled out, only jobs of its version's share.
   */
  readonly claim: (
    worker: WorkerId,
    limit: number,
    only?: "newcomers"
  ) => Effect.Effect<ReadonlyArray<ClaimedJob>, ServiceError>
  /** Moves a job and appends its event in one statement, batched with other waiting moves. */
  readonly move: (move: Move) => Effect.Effect<void, ServiceError | StaleClaim>
  /**
   * Computes the receipt in SQL. If all checks pass, the job moves to `complete` with it, from `embedding_in_progress` or
   * `embeddings_stored`; otherwise nothing is written.
   */
  readonly complete: (job: ClaimedJob, actor: string) => Effect.Effect<Receipt, ServiceError | StaleClaim>
  /**
   * Extends the leases of the worker's jobs and writes its heartbeat, on a connection that no job uses. Elects the worker as
   * the sweeper if there is none; the last heartbeat, of a stopped worker, ends its election.
   */
  readonly beat: (beat: WorkerBeat) => Effect.Effect<BeatAnswer, ServiceError>
  /** Releases all jobs this worker still holds, due at once and without counting an attempt. Returns how many. */
  readonly release: (worker: WorkerId) => Effect.Effect<number, ServiceError>
  /**
   * Releases jobs with expired leases; a job whose workers died too often ends as `WORKER_CRASHED`. Announced calls of jobs
   * that no worker holds count as lost.
   */
  readonly rescue: Effect.Effect<{ readonly released: number; readonly dead: number }, ServiceError>
  /**
   * Repairs the users' turns, a thousand users at a time: corrects due times that are too early and adds missing turns.
   * Returns how many were missing, which is 0 unless the tables were edited by hand.
   */
  readonly tidyTurns: Effect.Effect<number, ServiceError>
  /** Provider ids of parses whose jobs were cancelled, each returned once and to one worker. */
  readonly takeAbandoned: Effect.Effect<ReadonlyArray<string>, ServiceError>
  /** Time until the next job that this worker may claim is due; none if no job is waiting. */
  readonly nextDue: (worker: WorkerId) => Effect.Effect<Option.Option<Duration.Duration>, ServiceError>
  /** Emits whenever there may be work. Notifications can be lost, so workers also poll. */
  readonly wakeups: Stream.Stream<void, ServiceError>
}>()("accessa/services/JobQueue") {}
