/** What a delete has left to remove outside of the database. A delete writes it down; a worker carries it out. */
import { Context, type Effect } from "effect"
import type { JobId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface Erasure {
  readonly jobId: JobId
  /** Every object that its upload and the attempts at its parse may have left, whether there is one or not. */
  readonly paths: ReadonlyArray<string>
  /** The parse at the provider; null if there was none, or it is removed. */
  readonly providerJobId: string | null
}

export class Erasures extends Context.Service<Erasures, {
  /** A few that are due, each for one worker. They come again in a minute unless they are finished. */
  readonly take: Effect.Effect<ReadonlyArray<Erasure>, ServiceError>
  /** All was removed: they come a few times more, as a worker who held the job may still write, and then no more. */
  readonly finish: (jobs: ReadonlyArray<JobId>) => Effect.Effect<void, ServiceError>
  /** Somebody may have written for a job that is not theirs any more: if it was deleted, it is due at once. */
  readonly hasten: (job: JobId) => Effect.Effect<void, ServiceError>
}>()("accessa/services/Erasures") {}
