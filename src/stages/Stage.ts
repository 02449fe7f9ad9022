/** What a stage is: the work that turns one status into the next, and what may come of it. */
import type { Duration, Effect } from "effect"
import type { MissingChunk } from "../../services/Vectors.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import type { JobStatus } from "../domain/JobStatus.ts"
import type { Move, MoveFields, StaleClaim } from "../domain/Move.ts"
import type { Dependency, ServiceError } from "../domain/ServiceError.ts"

/** What the stage before had in its hands, and this one is spared reading again. */
export interface Carried {
  /** The parsed text, if it is not too long for one string. */
  readonly markdown?: string
  /** All chunks that still need a vector, if they fit in one window. */
  readonly missing?: ReadonlyArray<MissingChunk>
}

/** A job in the hands of this process. */
export interface Running extends Carried {
  readonly job: ClaimedJob
  /** Statuses the job has passed since the row was written; its next write tells of them. */
  readonly unwritten?: Unwritten
}

export interface Unwritten {
  /** The row's status. */
  readonly from: JobStatus
  /** Those between the row's and the job's, which is not among them. */
  readonly through: ReadonlyArray<JobStatus>
  readonly set: MoveFields
}

/** `advance`: the combinator makes the move. `moved`: the stage made it, together with its rows. `wait`: ask again later. */
export type Outcome =
  | {
    readonly _tag: "advance"
    readonly through?: ReadonlyArray<JobStatus>
    readonly to: JobStatus
    readonly set?: MoveFields
    readonly carried?: Carried
    /** A crash before the next write costs a small document nothing but a moment: it need not be written by itself. */
    readonly lazy?: boolean
  }
  | { readonly _tag: "moved"; readonly to: JobStatus; readonly set?: MoveFields; readonly carried?: Carried }
  | { readonly _tag: "wait"; readonly delay: Duration.Duration; readonly set?: MoveFields }

export interface Stage<R> {
  /** The span's name is `stage.<name>`. */
  readonly name: string
  readonly from: JobStatus
  /** The services that it cannot do without, the one that it mostly waits for first: it does not begin while one is out. */
  readonly needs?: ReadonlyArray<Dependency>
  readonly deadline: Duration.Duration
  readonly run: (running: Running) => Effect.Effect<Outcome, ServiceError | StaleClaim, R>
}

export const advance = (to: JobStatus, set: MoveFields = {}): Outcome => ({ _tag: "advance", to, set })

/** Where a move of this job starts, with what the row has not been told yet. */
export const startOf = (
  { job, unwritten }: Running
): Pick<Move, "from" | "set"> & { readonly through: ReadonlyArray<JobStatus> } =>
  unwritten === undefined
    ? { from: job.status, through: [], set: {} }
    : { from: unwritten.from, through: [...unwritten.through, job.status], set: unwritten.set }
