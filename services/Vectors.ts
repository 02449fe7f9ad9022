/** Stored vectors and the ledger of their cost. */
import { Context, type Effect, type Schema } from "effect"
import type { ChunkMeta } from "../src/domain/Chunk.ts"
import type { ChunkId, DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { ClaimedJob } from "../src/domain/Job.ts"
import type { StaleClaim } from "../src/domain/Move.ts"
import type { RecoverableError, ServiceError } from "../src/domain/ServiceError.ts"
import type { EmbeddingModel, Reuse } from "../src/domain/Vector.ts"

/** A chunk that still needs a vector. */
export interface MissingChunk {
  readonly chunkId: ChunkId
  readonly ordinal: number
  /** The hash of `text`, which is what is embedded. */
  readonly sha: string
  readonly text: string
}

/** The part of one call that belongs to one job. */
interface PurchaseShare {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<MissingChunk>
  /** In proportion to the length of its texts: the provider bills the call as a whole. */
  readonly tokens: number
  readonly costUsd: number
}

export interface Purchase {
  readonly callId: string
  readonly model: EmbeddingModel
  readonly shares: ReadonlyArray<PurchaseShare>
}

/** The call that embeds a search query: it belongs to no job but is in the ledger. */
export interface QueryCall {
  readonly callId: string
  readonly user: UserId
  readonly model: EmbeddingModel
  readonly tokens: number
  readonly costUsd: number
}

export interface SearchHit {
  readonly chunkId: ChunkId
  readonly documentId: DocumentId
  readonly filename: string
  readonly ordinal: number
  readonly text: string
  readonly meta: ChunkMeta
  /** Cosine similarity, -1 to 1. */
  readonly score: number
}

/** A row of the published function `match_documents` (docs/reading.md). */
export interface Match {
  readonly id: ChunkId
  readonly content: string
  readonly metadata: Readonly<Record<string, Schema.Json>>
  readonly similarity: number
}

export class Vectors extends Context.Service<Vectors, {
  /** For the next `limit` chunks after an ordinal (-1 for the first): copies vectors that the user already has for the text. */
  readonly reuse: (job: ClaimedJob, after: number, limit: number) => Effect.Effect<Reuse, ServiceError>
  /** Of the next `limit` chunks after an ordinal (-1 for the first), those without a vector. */
  readonly missing: (
    job: ClaimedJob,
    model: EmbeddingModel,
    after: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<MissingChunk>, ServiceError>
  /**
   * Records that a call is about to be made, so that it is in the ledger even if its response is lost. Returns the jobs
   * that may not buy, with the reason, such as a stale claim.
   */
  readonly announce: (
    purchase: Purchase
  ) => Effect.Effect<ReadonlyMap<JobId, StaleClaim | RecoverableError>, ServiceError>
  /** Stores the vectors with their ledger rows and the jobs' progress. Returns the jobs whose claim was stale. */
  readonly store: (
    purchase: Purchase,
    vectors: ReadonlyArray<Float32Array>,
    requestId: string
  ) => Effect.Effect<ReadonlySet<JobId>, ServiceError>
  /** The announced call failed before the provider responded: nothing was bought. */
  readonly withdraw: (callId: string) => Effect.Effect<void, ServiceError>
  /** The announced call was, or may have been, billed, but its vectors are lost. */
  readonly lose: (callId: string) => Effect.Effect<void, ServiceError>
  /** Like `announce`, for a search. Fails with `BUDGET_EXCEEDED`, and writes nothing, if a budget does not allow it. */
  readonly announceQuery: (call: QueryCall) => Effect.Effect<void, ServiceError>
  /** The announced query was embedded, for this many tokens. */
  readonly payQuery: (call: QueryCall, requestId: string) => Effect.Effect<void, ServiceError>
  /** A probe was answered: a call that belongs to no user and counts against the overall budget. */
  readonly payProbe: (call: Omit<QueryCall, "user">, requestId: string) => Effect.Effect<void, ServiceError>
  /** The nearest chunks of a user's complete documents. */
  readonly search: (
    user: UserId,
    model: EmbeddingModel,
    query: Float32Array,
    options: { readonly limit: number; readonly documentId?: DocumentId }
  ) => Effect.Effect<ReadonlyArray<SearchHit>, ServiceError>
  /** The published function `match_documents`, for one user: the nearest chunks whose metadata contains the filter. */
  readonly match: (
    user: UserId,
    query: Float32Array,
    options: { readonly limit: number; readonly filter: Readonly<Record<string, Schema.Json>> }
  ) => Effect.Effect<ReadonlyArray<Match>, ServiceError>
  /**
   * The chunks of a user's complete documents nearest to one that is stored, without itself; none if it has no vector.
   */
  readonly nearest: (
    user: UserId,
    chunk: ChunkId,
    limit: number
  ) => Effect.Effect<ReadonlyArray<SearchHit>, ServiceError>
}>()("accessa/services/Vectors") {}
