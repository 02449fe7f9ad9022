/** Reads a document again on this machine after its parser has lost a part of it. */
import { Context, type Effect, type Option, type Stream } from "effect"
import type { Omission, Reader } from "../src/domain/coverage/Coverage.ts"
import type { DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface SecondRequest {
  readonly jobId: JobId
  readonly documentId: DocumentId
  readonly userId: UserId
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly content: Stream.Stream<Uint8Array, ServiceError>
}

export interface SecondReading {
  /** Canonical Markdown; long text stays UTF-8 bytes. */
  readonly markdown: string | Uint8Array
  readonly leftOut: ReadonlyArray<Omission>
}

export class SecondReader extends Context.Service<SecondReader, {
  /**
   * `local` reads all of the document, `ocr` the given pages of a PDF, from their pictures. None while it is busy with
   * other documents: ask again later.
   */
  readonly read: (
    request: SecondRequest,
    by: Reader,
    pages: ReadonlyArray<number>
  ) => Effect.Effect<Option.Option<SecondReading>, ServiceError>
}>()("accessa/services/SecondReader") {}
