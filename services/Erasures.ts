/** What a delete still has to remove outside the database. The delete records it; a worker carries it out. */
import { Context, type Effect } from "effect"
import type { JobId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface Erasure {
  readonly jobId: JobId
  /** Every object that the upload and the parse attempts may have left, whether it exists or not. */
  readonly paths: ReadonlyArray<string>
  /** The parse at the provider; null if there was none, or it is removed. */
  readonly providerJobId: string | null
}

export class Erasures extends Context.Service<Erasures, {
  /** Claims a few due erasures, each for one worker. They become due again in a minute unless finished. */
  readonly take: Effect.Effect<ReadonlyArray<Erasure>, ServiceError>
  /** Everything was removed. They are repeated a few times, because a worker that held the job may still write. */
  readonly finish: (jobs: ReadonlyArray<JobId>) => Effect.Effect<void, ServiceError>
  /** Makes the job's erasures due at once if it was deleted: a worker may have written for it after losing it. */
  readonly hasten: (job: JobId) => Effect.Effect<void, ServiceError>
}>()("accessa/services/Erasures") {}
