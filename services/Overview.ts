/** What operators see of all users' documents: counts, times, causes. Read-only. */
import type { Effect } from "effect"
import { Context, type Option } from "effect"
import type { Costs } from "../src/domain/Costs.ts"
import type { JobFilter } from "../src/domain/jobFilter.ts"
import type { Capacity, FailureGroup, HeldJob, JobLine, Overview as Glance } from "../src/domain/Overview.ts"
import type { PagePlace } from "../src/domain/PagePlace.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface JobLines {
  readonly jobs: ReadonlyArray<JobLine>
  /** Where the next page begins; none on the last. */
  readonly next: Option.Option<PagePlace>
}

export class Overview extends Context.Service<Overview, {
  /** Its cost is bounded, however long the history is. */
  readonly glance: Effect.Effect<Glance, ServiceError>
  /** The most frequent first. */
  readonly failures: Effect.Effect<ReadonlyArray<FailureGroup>, ServiceError>
  /** Newest first, of all users. A filter scans a few thousand jobs per page, so a page may be short. */
  readonly jobs: (
    filter: JobFilter,
    after: PagePlace | undefined,
    limit: number
  ) => Effect.Effect<JobLines, ServiceError>
  /** The jobs that workers hold, the longest first; at most 200. */
  readonly held: Effect.Effect<ReadonlyArray<HeldJob>, ServiceError>
  /** What was paid in the last day by hour and model, and in the last months by month and user. */
  readonly costs: Effect.Effect<Costs, ServiceError>
  /** Sizes and growth by the database's own statistics: nothing is counted. */
  readonly capacity: Effect.Effect<Capacity, ServiceError>
}>()("accessa/services/Overview") {}
