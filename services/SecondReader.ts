/** Reads a document again on this machine after its parser has lost a part of it. */
import { Context, type Effect, type Option } from "effect"
import type { Omission, Reader } from "../src/domain/coverage/Coverage.ts"
import type { DocumentToRead } from "../src/domain/DocumentToRead.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

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
    document: DocumentToRead,
    by: Reader,
    pages: ReadonlyArray<number>
  ) => Effect.Effect<Option.Option<SecondReading>, ServiceError>
}>()("accessa/services/SecondReader") {}
