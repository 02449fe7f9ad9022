/** Branded identifiers: a document's id cannot be passed where a job's is meant. */
import { Schema } from "effect"

export const JobId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

export const DocumentId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("DocumentId"))
export type DocumentId = typeof DocumentId.Type

export const UserId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

export const ChunkId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("ChunkId"))
export type ChunkId = typeof ChunkId.Type

/** Follows one upload through every row, span and log line. */
export const CorrelationId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("CorrelationId"))
export type CorrelationId = typeof CorrelationId.Type

export const WorkerId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("WorkerId"))
export type WorkerId = typeof WorkerId.Type

/** The user that the local stack's own API key belongs to. */
export const localUserId = UserId.make("00000000-0000-4000-8000-000000000001")
