/** Keeps the uploaded bytes and the parsed text under ASCII paths: `raw/{user_id}/{document_id}.{ext}`, `parsed/…`. */
import { Context, type Duration, type Effect, type Stream } from "effect"
import type { StageError } from "../src/domain/StageError.ts"

export interface StoredObject {
  readonly bytes: number
}

/** Where whoever has it may put one object, once. */
export interface UploadAddress {
  readonly url: URL
  /** To be sent with the bytes. */
  readonly headers: Readonly<Record<string, string>>
  readonly lasts: Duration.Duration
}

export class ObjectStorage extends Context.Service<ObjectStorage, {
  /** Writes the whole stream or nothing; an object already there is replaced. Fails with the stream's error if it fails. */
  readonly put: <E>(
    path: string,
    content: Stream.Stream<Uint8Array, E>,
    mediaType: string
  ) => Effect.Effect<StoredObject, StageError | E>
  /** The bytes as a stream; fails with `RAW_MISSING` or `PARSED_MISSING`, by the path's first part, if there is none. */
  readonly get: (path: string) => Stream.Stream<Uint8Array, StageError>
  /** Undefined if there is no such object. */
  readonly stat: (path: string) => Effect.Effect<StoredObject | undefined, StageError>
  /** Renames; replaces what is there. Fails like `get` if there is nothing to move. */
  readonly move: (from: string, to: string) => Effect.Effect<void, StageError>
  /** No error if there is none. */
  readonly remove: (path: string) => Effect.Effect<void, StageError>
  /** Writes, reads and removes objects of our own, to tell whether the storage is well apart from any document. */
  readonly probe: Effect.Effect<void, StageError>
  /** For a PUT from outside, which replaces nothing. Undefined if the storage is not to be reached from outside. */
  readonly uploadAddress: (path: string, mediaType: string) => Effect.Effect<UploadAddress | undefined, StageError>
}>()("accessa/services/ObjectStorage") {}
