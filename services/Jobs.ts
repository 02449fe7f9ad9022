/** The user's side of the jobs: what became of them, and what a person may ask of them. Another user's id is not found. */
import { Context, type Effect, type Option, Schema, type Stream } from "effect"
import type { ErrorCode } from "../src/domain/ErrorCode.ts"
import type { DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { Job, JobEvent } from "../src/domain/Job.ts"
import type { JobStatus } from "../src/domain/JobStatus.ts"
import type { Receipt } from "../src/domain/Receipt.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { By } from "./ApiKeys.ts"

/** Where a page ended: a job's time in microseconds, and its id. Stays good when that job is deleted. */
export const JobPlace = Schema.String.check(Schema.isPattern(/^\d{1,16}\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/))
  .pipe(
    Schema.brand("JobPlace")
  )
export type JobPlace = typeof JobPlace.Type

export interface JobFilter {
  readonly status?: ReadonlyArray<JobStatus>
  readonly documentId?: DocumentId
  readonly errorCode?: ErrorCode
  /** Part of the file name, any case. */
  readonly filename?: string
  /** Where the page before ended; newest first. */
  readonly after?: JobPlace
  readonly limit: number
}

export interface JobList {
  readonly jobs: ReadonlyArray<Job>
  /** Where the next page begins; null on the last one. With a filter a page may hold fewer than asked for, and not be the last. */
  readonly next: JobPlace | null
}

/** Whether the request changed the job; if not, it stands in a status that allows none. */
export interface Changed {
  readonly job: Job
  readonly changed: boolean
}

/** A job's state, and what its history has after an event. */
export interface JobLook {
  readonly status: JobStatus
  readonly events: ReadonlyArray<JobEvent>
}

export class Jobs extends Context.Service<Jobs, {
  readonly find: (user: UserId, job: JobId) => Effect.Effect<Option.Option<Job>, ServiceError>
  readonly list: (user: UserId, filter: JobFilter) => Effect.Effect<JobList, ServiceError>
  /** The history after an event id, oldest first. */
  readonly events: (user: UserId, job: JobId, after: number) => Effect.Effect<ReadonlyArray<JobEvent>, ServiceError>
  /** Both at one instant, and together with whatever other looks are waiting. */
  readonly look: (user: UserId, job: JobId, after: number) => Effect.Effect<Option.Option<JobLook>, ServiceError>
  /** One element when it listens, and one whenever one of this job's rows changed. Who is busy meanwhile gets one for many. */
  readonly changes: (job: JobId) => Stream.Stream<void, ServiceError>
  /** Computed afresh from the tables, for any status. */
  readonly receipt: (user: UserId, job: JobId) => Effect.Effect<Option.Option<Receipt>, ServiceError>
  /** Failed → the last good status, due now, attempts from zero. */
  readonly retry: (user: UserId, job: JobId, by: By) => Effect.Effect<Option.Option<Changed>, ServiceError>
  /** Not terminal → the phase's failed status with `CANCELLED`; whoever holds it is fenced off. */
  readonly cancel: (user: UserId, job: JobId, by: By) => Effect.Effect<Option.Option<Changed>, ServiceError>
}>()("accessa/services/Jobs") {}
