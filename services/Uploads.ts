/** Uploads whose bytes come by a signed address: announced, completed once, and swept away if they are not. */
import { Context, type Duration, type Effect, type Option } from "effect"
import type { DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

interface Announced {
  readonly userId: UserId
  readonly documentId: DocumentId
  readonly filename: string
  /** No more may come. */
  readonly bytes: number
  /** Null if it is only said at the end. */
  readonly sha256: string | null
  /** Where the bytes are when they have come; at the storage's own address, where they go. */
  readonly path: string
  readonly metadata: Readonly<Record<string, string>>
  readonly priority: number
  readonly force: boolean
}

export interface NewUpload extends Announced {
  /** How long bytes may begin to come. */
  readonly urlLasts: Duration.Duration
  /** Of the user: more are not opened. */
  readonly openAtMost: number
  readonly quotaBytes: number
}

export interface Upload extends Announced {
  /** `open`: may be completed. `confirmed`: its bytes were found right. `ended`: they were refused, or it is too late. */
  readonly state: "open" | "confirmed" | "ended"
  /** Of the job it became, or of the one that has the same bytes. */
  readonly jobId: JobId | null
  /** They have come by an address of ours. */
  readonly received: boolean
}

/** What the sweep has to look at. */
export interface DueUpload {
  readonly documentId: DocumentId
  readonly path: string
  /** No document has the object. */
  readonly orphan: boolean
}

export class Uploads extends Context.Service<Uploads, {
  /** Nothing is written if the user has as many open as one may, or no room for it. */
  readonly open: (upload: NewUpload) => Effect.Effect<"opened" | "too_many" | "over_quota", ServiceError>
  readonly find: (user: UserId, document: DocumentId) => Effect.Effect<Option.Option<Upload>, ServiceError>
  /** The bytes lie at this path, and nowhere else from now on; false if it has ended, or they have come already. */
  readonly receive: (user: UserId, document: DocumentId, path: string) => Effect.Effect<boolean, ServiceError>
  /**
   * Before a job is made of the object at this path; false if it has ended, or is not what the upload is of. Of `confirm` and
   * `end` at the same instant one wins.
   */
  readonly confirm: (user: UserId, document: DocumentId, path: string) => Effect.Effect<boolean, ServiceError>
  /** True if its object is nobody's from now on; false if there is nothing to end or a document has it. */
  readonly end: (user: UserId, document: DocumentId) => Effect.Effect<boolean, ServiceError>
  readonly answer: (user: UserId, document: DocumentId, job: JobId) => Effect.Effect<void, ServiceError>
  /** A few whose time is over, of all users; open ones end by it. They come again soon unless they are forgotten. */
  readonly takeDue: Effect.Effect<ReadonlyArray<DueUpload>, ServiceError>
  /** One whose address still takes bytes comes once more when it does not. */
  readonly forget: (documents: ReadonlyArray<DocumentId>) => Effect.Effect<void, ServiceError>
}>()("accessa/services/Uploads") {}
