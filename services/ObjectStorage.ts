/**
 * Keeps the uploaded bytes and the parsed text under ASCII paths: `raw/{user_id}/{document_id}-{id of the upload}.{ext}`,
 * `parsed/{user_id}/{document_id}-{id of the attempt}.md`. What was put once is never written again.
 */
import { Context, type Duration, type Effect, type Stream } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface StoredObject {
  readonly bytes: number
}

export type Bucket = "raw" | "parsed"

export interface ListedObject extends StoredObject {
  readonly path: string
  /** Milliseconds since 1970, by the storage's clock: when it was written. */
  readonly storedAt: number
}

/** Where whoever has it may put one object, once. */
export interface UploadAddress {
  readonly url: URL
  /** To be sent with the bytes. */
  readonly headers: Readonly<Record<string, string>>
  readonly lasts: Duration.Duration
}

export class ObjectStorage extends Context.Service<ObjectStorage, {
  /**
   * Writes the whole stream or nothing. Fails with the stream's error if it fails, and with `STORAGE_FAILED` if there is an
   * object already: it is not replaced, also not by one of two that are put at the same time.
   */
  readonly put: <E>(
    path: string,
    content: Stream.Stream<Uint8Array, E>,
    mediaType: string
  ) => Effect.Effect<StoredObject, ServiceError | E>
  /** The bytes as a stream; fails with `RAW_MISSING` or `PARSED_MISSING`, by the path's first part, if there is none. */
  readonly get: (path: string) => Stream.Stream<Uint8Array, ServiceError>
  /** Undefined if there is no such object. */
  readonly stat: (path: string) => Effect.Effect<StoredObject | undefined, ServiceError>
  /** No error for one that is not there. */
  readonly remove: (...paths: ReadonlyArray<string>) => Effect.Effect<void, ServiceError>
  /** All objects, in no order, read a page at a time as they are asked for; whether it has those that come meanwhile is open. */
  readonly list: (bucket: Bucket) => Stream.Stream<ListedObject, ServiceError>
  /** Writes, reads and removes objects of our own, to tell whether the storage is well apart from any document. */
  readonly probe: Effect.Effect<void, ServiceError>
  /** For a PUT from outside, which replaces nothing. Undefined if the storage is not to be reached from outside. */
  readonly uploadAddress: (path: string, mediaType: string) => Effect.Effect<UploadAddress | undefined, ServiceError>
}>()("accessa/services/ObjectStorage") {}
