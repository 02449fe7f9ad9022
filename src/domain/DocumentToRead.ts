/** A document as the parser and the readers on this machine get it. */
import type { Stream } from "effect"
import type { DocumentId, JobId, UserId } from "./Ids.ts"
import type { ServiceError } from "./ServiceError.ts"

export interface DocumentToRead {
  /** A preview has no job, but an id of its own. */
  readonly jobId: JobId
  readonly documentId: DocumentId
  /** The document's owner: the local parser takes turns between users. */
  readonly userId: UserId
  /** The name shown to the provider: ASCII with the right extension, never the uploader's own name. */
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly content: Stream.Stream<Uint8Array, ServiceError>
}
