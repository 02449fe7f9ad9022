/**
 * Keeps the uploaded bytes and the parsed text under ASCII paths: `raw/{user_id}/{document_id}-{id of the upload}.{ext}`,
 * `parsed/{user_id}/{document_id}-{id of the attempt}.md`. Objects are never overwritten.
 */
import { Context, type Duration, type Effect, type Option, type Stream } from "effect"
import type { Bucket } from "../src/domain/objectPaths.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { StorageLimits } from "../src/domain/StorageLimits.ts"

export interface StoredObject {
  readonly bytes: number
}

export interface ListedObject extends StoredObject {
  readonly path: string
  /** When it was written, in milliseconds since 1970 on the storage's clock. */
  readonly storedAt: number
}

/** What is to be sent to an address. */
export interface AnnouncedFile {
  readonly mediaType: string
  readonly bytes: number
  /** In hexadecimal digits; null if it was not announced. */
  readonly sha256: string | null
}

/** An address to which its holder may PUT one object, once. */
export interface UploadAddress {
  readonly url: URL
  /** Headers to send with the bytes. */
  readonly headers: Readonly<Record<string, string>>
  readonly lasts: Duration.Duration
}

export class ObjectStorage extends Context.Service<ObjectStorage, {
  /**
   * Writes the whole stream or nothing. Fails with the stream's own error, or with `STORAGE_FAILED` if the object exists:
   * objects are not replaced. Supabase Storage does replace one that did not exist yet when the write began, so readers compare
   * hashes.
   */
  readonly put: <E>(
    path: string,
    content: Stream.Stream<Uint8Array, E>,
    mediaType: string
  ) => Effect.Effect<StoredObject, ServiceError | E>
  /**
   * The bytes as a stream; fails with `RAW_MISSING` or `PARSED_MISSING`, depending on the path, if the object does not
   * exist.
   */
  readonly get: (path: string) => Stream.Stream<Uint8Array, ServiceError>
  /** None if the object does not exist. */
  readonly stat: (path: string) => Effect.Effect<Option.Option<StoredObject>, ServiceError>
  /** Succeeds if the object does not exist. */
  readonly remove: (...paths: ReadonlyArray<string>) => Effect.Effect<void, ServiceError>
  /** All objects in no particular order, read page by page on demand. Objects written meanwhile may or may not appear. */
  readonly list: (bucket: Bucket) => Stream.Stream<ListedObject, ServiceError>
  /** The limits of its own configuration, as last read. */
  readonly limits: (bucket: Bucket) => Effect.Effect<StorageLimits, ServiceError>
  /** Writes, reads and removes test objects, to check the storage's health independently of any document. */
  readonly probe: Effect.Effect<void, ServiceError>
  /**
   * A signed address for a PUT from outside, which overwrites nothing. None if the storage cannot be reached from outside.
   * Some storages refuse bytes that differ from what was announced; the others need not.
   */
  readonly uploadAddress: (
    path: string,
    file: AnnouncedFile
  ) => Effect.Effect<Option.Option<UploadAddress>, ServiceError>
}>()("accessa/services/ObjectStorage") {}
