/** Uploads through a signed address: announced, completed once, and swept if never completed. */
import { Context, type Duration, type Effect, type Option } from "effect"
import type { DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

interface Announced {
  readonly userId: UserId
  readonly documentId: DocumentId
  readonly filename: string
  /** Maximum size. */
  readonly bytes: number
  /** Null if it is given only on completion. */
  readonly sha256: string | null
  /** Where the bytes are once received; for the storage's own address, where they will be. */
  readonly path: string
  readonly metadata: Readonly<Record<string, string>>
  readonly priority: number
  readonly force: boolean
}

export interface NewUpload extends Announced {
  /** How long the transfer may be started. */
  readonly urlLasts: Duration.Duration
  /** The most open uploads the user may have. */
  readonly openAtMost: number
  readonly quotaBytes: number
}

export interface Upload extends Announced {
  /** `open`: may be completed. `confirmed`: its bytes were verified. `ended`: they were refused, or it is too late. */
  readonly state: "open" | "confirmed" | "ended"
  /** The job it became, or the existing job for the same bytes. */
  readonly jobId: JobId | null
  /** The bytes arrived at the API's own signed address. */
  readonly received: boolean
}

export type Opening =
  | { readonly _tag: "Opened" }
  /** The user has too many open uploads. */
  | { readonly _tag: "TooMany" }
  | { readonly _tag: "OverQuota" }

/** An upload for the sweep to check. */
export interface DueUpload {
  readonly documentId: DocumentId
  readonly path: string
  /** No document uses the object. */
  readonly orphan: boolean
}

export class Uploads extends Context.Service<Uploads, {
  /** Writes nothing if the user has too many open uploads or no storage left. */
  readonly open: (upload: NewUpload) => Effect.Effect<Opening, ServiceError>
  readonly find: (user: UserId, document: DocumentId) => Effect.Effect<Option.Option<Upload>, ServiceError>
  /** Records the path of the received bytes, once; false if the upload has ended or bytes have already arrived. */
  readonly receive: (user: UserId, document: DocumentId, path: string) => Effect.Effect<boolean, ServiceError>
  /**
   * Confirms the object before a job is created from it; false if the upload has ended or the object does not belong to it.
   * If `confirm` and `end` race, one wins.
   */
  readonly confirm: (user: UserId, document: DocumentId, path: string) => Effect.Effect<boolean, ServiceError>
  /** True if its object is now an orphan; false if there is nothing to end or a document uses the object. */
  readonly end: (user: UserId, document: DocumentId) => Effect.Effect<boolean, ServiceError>
  /** Records the job that a confirmed upload became, so that completing it again finds the same job. */
  readonly answer: (user: UserId, document: DocumentId, job: JobId) => Effect.Effect<void, ServiceError>
  /** Claims a few expired uploads of any user; open ones end with it. They are returned again soon unless forgotten. */
  readonly takeDue: Effect.Effect<ReadonlyArray<DueUpload>, ServiceError>
  /** An upload whose address still accepts bytes is returned once more after the address expires. */
  readonly forget: (documents: ReadonlyArray<DocumentId>) => Effect.Effect<void, ServiceError>
}>()("accessa/services/Uploads") {}
