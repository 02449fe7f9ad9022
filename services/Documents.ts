/** Uploaded documents: accepted once, found again, and deleted with everything made of them. */
import { Context, type DateTime, type Effect, type Option } from "effect"
import type { ChunkerId } from "../src/domain/Chunk.ts"
import type { CorrelationId, DocumentId, UserId } from "../src/domain/Ids.ts"
import type { Job } from "../src/domain/Job.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { EmbeddingModel } from "../src/domain/Vector.ts"
import type { By } from "./ApiKeys.ts"

export interface NewDocument {
  readonly userId: UserId
  readonly documentId: DocumentId
  readonly correlationId: CorrelationId
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly sha256: string
  readonly rawPath: string
  readonly metadata: Readonly<Record<string, string>>
  readonly priority: number
  readonly chunker: ChunkerId
  readonly model: EmbeddingModel
  readonly traceparent: string | null
  /** Of the request that brings it; null if that has no key. */
  readonly requestId: string | null
  /** Accept it although the same user has the same bytes already. */
  readonly force: boolean
  /** Of the user: more bytes are not taken in. */
  readonly quotaBytes: number
}

/**
 * `accepted`: a new job. `duplicate`: the user's job over the same bytes. `conflict`: the user has a document
 * of this id, whose job is named; or of this request. `over_quota`: the user has no room for it.
 */
export type Acceptance =
  | { readonly outcome: "accepted" | "duplicate"; readonly job: Job }
  | { readonly outcome: "conflict"; readonly job: Job | undefined }
  | { readonly outcome: "over_quota"; readonly job: undefined }

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
  readonly job: Job
}

export class Documents extends Context.Service<Documents, {
  /** Makes the document and its job, due at once. Two uploads of the same bytes at the same time give one job. */
  readonly accept: (document: NewDocument) => Effect.Effect<Acceptance, ServiceError>
  readonly find: (user: UserId, document: DocumentId) => Effect.Effect<Option.Option<Document>, ServiceError>
  /** What an earlier attempt at the same request made. */
  readonly findByRequest: (user: UserId, requestId: string) => Effect.Effect<Option.Option<Document>, ServiceError>
  /** Bytes of the user's files, and of those that are announced. */
  readonly used: (user: UserId) => Effect.Effect<number, ServiceError>
  /** An earlier document of the same user with the same parsed text; null if there is none. */
  readonly sameText: (job: Job) => Effect.Effect<DocumentId | null, ServiceError>
  /**
   * Deletes rows of every table, and writes down what is to be erased elsewhere; answers the storage paths that nobody names
   * any more, or none if there was no such document.
   */
  readonly remove: (
    user: UserId,
    document: DocumentId,
    by: By
  ) => Effect.Effect<Option.Option<ReadonlyArray<string>>, ServiceError>
}>()("accessa/services/Documents") {}
