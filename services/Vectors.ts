/** The vector buffer, and the ledger of what its vectors cost. */
import { Context, type Effect } from "effect"
import type { ChunkMeta } from "../src/domain/Chunk.ts"
import type { ChunkId, DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { ClaimedJob } from "../src/domain/Job.ts"
import type { StaleClaim } from "../src/domain/Move.ts"
import type { RecoverableError, ServiceError } from "../src/domain/ServiceError.ts"
import type { EmbeddingModel } from "../src/domain/Vector.ts"

/** A chunk that still needs a vector. */
export interface MissingChunk {
  readonly chunkId: ChunkId
  readonly ordinal: number
  readonly sha: string
  readonly text: string
}

/** A part of one call that belongs to one job. */
export interface PurchaseShare {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<MissingChunk>
  /** By the share of the text's bytes: the provider bills the call as a whole. */
  readonly tokens: number
  readonly costUsd: number
}

export interface Purchase {
  readonly callId: string
  readonly model: EmbeddingModel
  readonly shares: ReadonlyArray<PurchaseShare>
}

/** The call that embeds a search's question: nobody's job, and in the ledger all the same. */
export interface QueryCall {
  readonly callId: string
  readonly user: UserId
  readonly model: EmbeddingModel
  readonly tokens: number
  readonly costUsd: number
}

export interface Reuse {
  readonly chunks: number
  readonly reused: number
  /** UTF-8 bytes of the chunks that still need a vector. */
  readonly missingBytes: number
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

export class Vectors extends Context.Service<Vectors, {
  /** Copies vectors the same user already has for the same text and model. */
  readonly reuse: (job: ClaimedJob, model: EmbeddingModel) => Effect.Effect<Reuse, ServiceError>
  /** Those of the next `limit` chunks after an ordinal (-1 for the first) that have no vector. */
  readonly missing: (
    job: ClaimedJob,
    model: EmbeddingModel,
    after: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<MissingChunk>, ServiceError>
  /**
   * Writes down that a call is about to be made, so that one whose answer is lost shows in the ledger. Answers the jobs that
   * nothing may be bought for, with the reason: their claim is stale.
   */
  readonly announce: (
    purchase: Purchase
  ) => Effect.Effect<ReadonlyMap<JobId, StaleClaim | RecoverableError>, ServiceError>
  /** Stores the vectors with their ledger rows and the jobs' progress; answers the jobs whose claim had gone stale. */
  readonly store: (
    purchase: Purchase,
    vectors: ReadonlyArray<Float32Array>,
    requestId: string
  ) => Effect.Effect<ReadonlySet<JobId>, ServiceError>
  /** The announced call failed before the provider answered: nothing was bought. */
  readonly withdraw: (callId: string) => Effect.Effect<void, ServiceError>
  /** The announced call was, or may have been, answered and billed, and its vectors cannot be had. */
  readonly lose: (callId: string) => Effect.Effect<void, ServiceError>
  /** As `announce`, for a search. Fails with `BUDGET_EXCEEDED`, and writes nothing, if a budget has no room for it. */
  readonly announceQuery: (call: QueryCall) => Effect.Effect<void, ServiceError>
  /** The announced question was embedded, for so many tokens. */
  readonly payQuery: (call: QueryCall, requestId: string) => Effect.Effect<void, ServiceError>
  /** A probe was answered: nobody's call, which everybody's budget counts. */
  readonly payProbe: (call: Omit<QueryCall, "user">, requestId: string) => Effect.Effect<void, ServiceError>
  /** The nearest chunks of a user's complete documents. */
  readonly search: (
    user: UserId,
    model: EmbeddingModel,
    query: Float32Array,
    options: { readonly limit: number; readonly documentId?: DocumentId }
  ) => Effect.Effect<ReadonlyArray<SearchHit>, ServiceError>
}>()("accessa/services/Vectors") {}
