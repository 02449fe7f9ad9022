/** A stage: the work between two durable states of a document, and its possible outcomes. */
import type { Duration, Effect } from "effect"
import type { StageName } from "../../otel/metrics/process.ts"
import type { Dependency } from "../domain/Dependency.ts"
import type { JobStatus } from "../domain/JobStatus.ts"
import type { MoveFields, StaleClaim } from "../domain/Move.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import type { JobRun } from "./JobRun.ts"

export interface Stage<R> {
  /** The span's name is `stage.<name>`. */
  readonly name: StageName
  /**
   * The statuses in which it takes over a job: its first one, and every status in which a crash or a pause may have left
   * the row.
   */
  readonly from: ReadonlyArray<JobStatus>
  /** It does not start while the circuit of one of these is open. The first is the one that it mostly waits for. */
  readonly needs: ReadonlyArray<Dependency>
  readonly deadline: Duration.Duration
  readonly run: (run: JobRun) => Effect.Effect<Outcome, ServiceError | StaleClaim, R>
}

export type Outcome =
  | { readonly _tag: "pass"; readonly to: JobStatus; readonly set: MoveFields }
  | { readonly _tag: "advance"; readonly to: JobStatus; readonly set: MoveFields }
  | { readonly _tag: "moved"; readonly to: JobStatus; readonly set: MoveFields }
  | { readonly _tag: "wait"; readonly delay: Duration.Duration; readonly set: MoveFields }

/** The stage has done its work, which is quick to repeat after a crash: the next stage's move records it. */
export const pass = (to: JobStatus, set: MoveFields = {}): Outcome => ({ _tag: "pass", to, set })

/** The stage has done its work; the executor makes the move. */
export const advance = (to: JobStatus, set: MoveFields = {}): Outcome => ({ _tag: "advance", to, set })

/** The stage has made the move itself, in one transaction with its rows. */
export const moved = (to: JobStatus, set: MoveFields = {}): Outcome => ({ _tag: "moved", to, set })

/** Nothing to do yet: the job is due again after the delay. */
export const wait = (delay: Duration.Duration, set: MoveFields = {}): Outcome => ({ _tag: "wait", delay, set })
