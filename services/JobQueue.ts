/** The worker's side of the jobs: who works on what, and the one way a status changes. */
import { Context, type Duration, type Effect, type Stream } from "effect"
import type { JobId, WorkerId } from "../src/domain/Ids.ts"
import type { ClaimedJob } from "../src/domain/Job.ts"
import type { Move, StaleClaim } from "../src/domain/Move.ts"
import type { Receipt } from "../src/domain/Receipt.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface WorkerBeat {
  readonly workerId: WorkerId
  readonly hostname: string
  readonly pid: number
  readonly version: string
  readonly state: "running" | "draining" | "stopped"
  /** The jobs it has in hand. A claim or a move whose answer was lost may have left others in its name: their leases run out. */
  readonly holds: ReadonlyArray<JobId>
  readonly staleWrites: number
}

export class JobQueue extends Context.Service<JobQueue, {
  /**
   * Takes up to `limit` due jobs, from the users in turn and of each urgent and oldest first, each under a new fence and a
   * lease on the database's clock. Or only those of newcomers: users of whom no worker holds any.
   */
  readonly claim: (
    worker: WorkerId,
    limit: number,
    only?: "newcomers"
  ) => Effect.Effect<ReadonlyArray<ClaimedJob>, ServiceError>
  /** Moves a job and appends its event in one statement, together with whatever other moves are waiting. */
  readonly move: (move: Move) => Effect.Effect<void, ServiceError | StaleClaim>
  /**
   * Computes the receipt in SQL. If all its checks hold, the job is `complete` with it, from `embedding_in_progress` or
   * `embeddings_stored`; if not, nothing is written.
   */
  readonly complete: (job: ClaimedJob, actor: string) => Effect.Effect<Receipt, ServiceError | StaleClaim>
  /** Extends the leases of what the worker holds and writes its heartbeat row, on a connection that no job uses. */
  readonly beat: (beat: WorkerBeat) => Effect.Effect<void, ServiceError>
  /** Gives back whatever this worker still holds, due at once and with no attempt counted; answers how many. */
  readonly release: (worker: WorkerId) => Effect.Effect<number, ServiceError>
  /**
   * Gives up leases that ran out; a job that took its worker down too often ends as `WORKER_CRASHED`. Announced calls that
   * nobody holds a job for count as lost.
   */
  readonly rescue: Effect.Effect<{ readonly released: number; readonly dead: number }, ServiceError>
  /**
   * Keeps the users' turns true, a thousand users of each kind at a time: those who wait in vain wait for what they have, and
   * those who were left out come in again. Answers how many had been left out, which is none unless somebody else wrote there.
   */
  readonly tidyTurns: Effect.Effect<number, ServiceError>
  /** Ids of parses whose jobs were cancelled while the parser had them, each for one worker and once. */
  readonly takeAbandoned: Effect.Effect<ReadonlyArray<string>, ServiceError>
  /** Time until the next job is due, if none is due now. */
  readonly nextDue: Effect.Effect<Duration.Duration | undefined, ServiceError>
  /** One element whenever there may be work; polling stands behind it, as notifications can be lost. */
  readonly wakeups: Stream.Stream<void, ServiceError>
}>()("accessa/services/JobQueue") {}
