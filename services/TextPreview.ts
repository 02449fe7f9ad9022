/** Reads a document's text on this machine, whichever parser its job will use, to say in advance what it would cost. */
import { Context, type Effect, type Option, type Stream } from "effect"
import type { DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface PreviewRequest {
  /** Of this preview: there is no job. */
  readonly jobId: JobId
  readonly documentId: DocumentId
  readonly userId: UserId
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly content: Stream.Stream<Uint8Array, ServiceError>
}

export class TextPreview extends Context.Service<TextPreview, {
  /** Canonical Markdown; none if the text cannot be read, or not within a few seconds. */
  readonly read: (
    request: PreviewRequest
  ) => Effect.Effect<Option.Option<{ readonly markdown: string | Uint8Array; readonly pages: number }>>
}>()("accessa/services/TextPreview") {}
