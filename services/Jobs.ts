/** The user's side of jobs: their state, and the changes a person may request. Another user's job is not found. */
import { Context, type Effect, type Option, Schema, type Stream } from "effect"
import type { ErrorCode } from "../src/domain/ErrorCode.ts"
import type { DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { Job, JobEvent } from "../src/domain/Job.ts"
import type { JobCalls } from "../src/domain/JobCall.ts"
import type { JobStatus } from "../src/domain/JobStatus.ts"
import { PagePlace } from "../src/domain/PagePlace.ts"
import type { By } from "../src/domain/Principal.ts"
import type { Receipt } from "../src/domain/Receipt.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export const JobPlace = PagePlace.pipe(Schema.brand("JobPlace"))
export type JobPlace = typeof JobPlace.Type

export interface JobFilter {
  readonly status?: ReadonlyArray<JobStatus>
  readonly documentId?: DocumentId
  readonly errorCode?: ErrorCode
  /** Part of the file name, case-insensitive. */
  readonly filename?: string
  /** The end of the previous page; newest first. */
  readonly after?: JobPlace
  readonly limit: number
}

export interface JobList {
  readonly jobs: ReadonlyArray<Job>
  /** Where the next page begins; none on the last page. With a filter, a page may be short without being the last. */
  readonly next: Option.Option<JobPlace>
}

/** Whether the request changed the job; if not, its status does not allow the change. */
export interface Changed {
  readonly job: Job
  readonly changed: boolean
}

/** A job's state and its history after an event. */
export interface JobLook {
  readonly status: JobStatus
  readonly events: ReadonlyArray<JobEvent>
}

export class Jobs extends Context.Service<Jobs, {
  readonly find: (user: UserId, job: JobId) => Effect.Effect<Option.Option<Job>, ServiceError>
  /** One page, newest first. */
  readonly list: (user: UserId, filter: JobFilter) => Effect.Effect<JobList, ServiceError>
  /** The history after an event id, oldest first. */
  readonly events: (user: UserId, job: JobId, after: number) => Effect.Effect<ReadonlyArray<JobEvent>, ServiceError>
  /** Reads both in one snapshot, batched with other waiting reads. */
  readonly look: (user: UserId, job: JobId, after: number) => Effect.Effect<Option.Option<JobLook>, ServiceError>
  /**
   * Emits once when it starts to listen and whenever one of the job's rows changes. A slow consumer gets one element for
   * many changes.
   */
  readonly changes: (job: JobId) => Stream.Stream<void, ServiceError>
  /** The job's calls and callbacks, at most 500 of each. */
  readonly calls: (user: UserId, job: JobId) => Effect.Effect<JobCalls, ServiceError>
  /** Recomputed from the tables, for any status. */
  readonly receipt: (user: UserId, job: JobId) => Effect.Effect<Option.Option<Receipt>, ServiceError>
  /** Failed → the last good status, due now, with attempts reset. */
  readonly retry: (user: UserId, job: JobId, by: By) => Effect.Effect<Option.Option<Changed>, ServiceError>
  /** Not terminal → the phase's failed status with `CANCELLED`; a worker that holds the job is fenced off. */
  readonly cancel: (user: UserId, job: JobId, by: By) => Effect.Effect<Option.Option<Changed>, ServiceError>
}>()("accessa/services/Jobs") {}
