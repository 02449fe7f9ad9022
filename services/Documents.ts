/** Uploaded documents: accepted once, looked up, and deleted with everything derived from them. */
import { Context, type DateTime, type Effect, type Option } from "effect"
import type { ChunkerId } from "../src/domain/Chunk.ts"
import type { CorrelationId, DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { Job } from "../src/domain/Job.ts"
import type { JobStatus } from "../src/domain/JobStatus.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { EmbeddingModel } from "../src/domain/Vector.ts"

export interface NewDocument {
  readonly userId: UserId
  readonly documentId: DocumentId
  readonly correlationId: CorrelationId
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly sha256: string
  readonly rawPath: string
  /** The mail that it is attached to. */
  readonly parentDocumentId?: DocumentId
  readonly metadata: Readonly<Record<string, string>>
  readonly priority: number
  readonly chunker: ChunkerId
  readonly model: EmbeddingModel
  readonly traceparent: string | null
  /** The `Idempotency-Key` of the request; null if it has none. */
  readonly requestId: string | null
  /** Accept it even if the user already has the same bytes. */
  readonly force: boolean
  /** The user's storage quota in bytes. */
  readonly quotaBytes: number
  /** When the request began, in milliseconds by this process's clock; absent for a file attached to a mail. */
  readonly sentAt?: number
}

export type Acceptance =
  /** A new job, or the user's existing one for the same bytes. */
  | { readonly _tag: "Accepted" | "Duplicate"; readonly job: Job }
  /** The user already has a document with this id or from this request; its job is named if it was found. */
  | { readonly _tag: "Conflict"; readonly job: Option.Option<Job> }
  | { readonly _tag: "OverQuota" }
  /** The user was erased after the request began. */
  | { readonly _tag: "Erased" }
  /** The mail that it is attached to does not exist any more. */
  | { readonly _tag: "ParentGone" }

/** A file attached to a mail. */
export interface AttachedDocument {
  readonly documentId: DocumentId
  readonly jobId: JobId
  readonly filename: string
  readonly status: JobStatus
}

export interface Document {
  readonly documentId: DocumentId
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly sha256: string
  readonly rawPath: string
  readonly parsedPath: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly createdAt: DateTime.Utc
  /** In their order in the mail. */
  readonly attachments: ReadonlyArray<AttachedDocument>
  readonly job: Job
}

export class Documents extends Context.Service<Documents, {
  /** Creates the document and its job, due at once. Two concurrent uploads of the same bytes create one job. */
  readonly accept: (document: NewDocument) => Effect.Effect<Acceptance, ServiceError>
  readonly find: (user: UserId, document: DocumentId) => Effect.Effect<Option.Option<Document>, ServiceError>
  /** The result of an earlier attempt at the same request. */
  readonly findByRequest: (user: UserId, requestId: string) => Effect.Effect<Option.Option<Document>, ServiceError>
  /** Bytes of the user's files, including announced uploads. */
  readonly used: (user: UserId) => Effect.Effect<number, ServiceError>
  /** An earlier document of the same user with the same parsed text. */
  readonly sameText: (job: Job) => Effect.Effect<Option.Option<DocumentId>, ServiceError>
  /**
   * Deletes the rows in every table, also of everything attached, and records what must be erased elsewhere. Returns the
   * storage paths that no row names any more, or none if there was no such document.
   */
  readonly remove: (
    user: UserId,
    document: DocumentId,
    by: By
  ) => Effect.Effect<Option.Option<ReadonlyArray<string>>, ServiceError>
}>()("accessa/services/Documents") {}
