/**
 * Branded identifiers: a document's id cannot be passed where a job's is meant. A UUID may be written in either case (some
 * platforms print capitals); decoding makes it lower case, as Postgres prints it, so that equal ids are equal strings.
 */
import { Schema, SchemaTransformation } from "effect"

const Uuid = Schema.String.check(Schema.isUUID())
/** What every id of ours is. */
export const AnyCase = Uuid.pipe(Schema.decodeTo(Uuid, SchemaTransformation.toLowerCase()))

export const JobId = AnyCase.pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

export const DocumentId = AnyCase.pipe(Schema.brand("DocumentId"))
export type DocumentId = typeof DocumentId.Type

export const UserId = AnyCase.pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

export const ChunkId = AnyCase.pipe(Schema.brand("ChunkId"))
export type ChunkId = typeof ChunkId.Type

/** Follows one upload through every row, span and log line. */
export const CorrelationId = AnyCase.pipe(Schema.brand("CorrelationId"))
export type CorrelationId = typeof CorrelationId.Type

export const WorkerId = AnyCase.pipe(Schema.brand("WorkerId"))
export type WorkerId = typeof WorkerId.Type

/** The user that the local stack's own API key belongs to. */
export const localUserId = UserId.make("00000000-0000-4000-8000-000000000001")
