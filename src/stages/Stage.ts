/** What a stage is: the work that turns one status into the next, and what may come of it. */
import type { Duration, Effect } from "effect"
import type { ClaimedJob } from "../domain/Job.ts"
import type { JobStatus } from "../domain/JobStatus.ts"
import type { MoveFields, StaleClaim } from "../domain/Move.ts"
import type { Dependency, StageError } from "../domain/StageError.ts"

/** A job in the hands of this process. */
export interface Running {
  readonly job: ClaimedJob
  /** The parsed text, where the stage before has just read it: spares the next one a read. */
  readonly markdown?: string
}

/** `advance`: the combinator makes the move. `moved`: the stage made it, together with its rows. `wait`: ask again later. */
export type Outcome =
  | { readonly _tag: "advance"; readonly to: JobStatus; readonly set?: MoveFields; readonly markdown?: string }
  | { readonly _tag: "moved"; readonly to: JobStatus; readonly set?: MoveFields }
  | { readonly _tag: "wait"; readonly delay: Duration.Duration; readonly set?: MoveFields }

export interface Stage<R> {
  /** The span's name is `stage.<name>`. */
  readonly name: string
  readonly from: JobStatus
  /** The service whose breaker guards the whole stage. */
  readonly dependency?: Dependency
  readonly deadline: Duration.Duration
  readonly run: (running: Running) => Effect.Effect<Outcome, StageError | StaleClaim, R>
}

export const advance = (to: JobStatus, set: MoveFields = {}): Outcome => ({ _tag: "advance", to, set })
