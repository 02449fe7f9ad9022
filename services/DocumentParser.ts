/** Turns a document's bytes into Markdown, immediately or through a provider that calls back. */
import { Context, type Effect, type Option, type Redacted, Schema } from "effect"
import { Comparison, Omission } from "../src/domain/coverage/Coverage.ts"
import type { DocumentToRead } from "../src/domain/DocumentToRead.ts"
import type { JobId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface ParseRequest extends DocumentToRead {
  /** Only these pages of a PDF, by OCR from their pictures. For the local parser. */
  readonly ocrPages?: ReadonlyArray<number>
  /** Of a mail, also the text of its attachments, which are documents of their own. For the local parser. */
  readonly withAttachments?: boolean
  /** Where and how the provider may call back; absent if no callback can reach the API. */
  readonly callback?: { readonly url: URL; readonly secret: Redacted.Redacted }
}

/** Canonical Markdown with page marks (`src/domain/text.ts`) where the source has pages. */
export const ParsedDocument = Schema.Struct({
  /** Long text stays UTF-8 bytes: converting it to a string would block the event loop. */
  markdown: Schema.Union([Schema.String, Schema.Uint8Array]),
  /** 0 where the source has no pages. */
  pages: Schema.Int,
  /** What the parser knows to be missing; absent if nothing is. */
  leftOut: Schema.optionalKey(Schema.Array(Omission)),
  /** The source compared with the text, from a parser that takes the inventory on the way. */
  comparison: Schema.optionalKey(Comparison)
})
export type ParsedDocument = typeof ParsedDocument.Type

export class DocumentParser extends Context.Service<DocumentParser, {
  /** `llamaparse`, `local`: recorded with the job. */
  readonly name: string
  /** There is no provider: submitting costs nothing, so nothing is lost if the submission is forgotten. */
  readonly immediate: boolean
  /** Submits the document and returns the provider's job id. A parser without a provider only checks the request. */
  readonly submit: (request: ParseRequest) => Effect.Effect<string, ServiceError>
  /**
   * The result, or none while the provider is still working or the local parser is busy with other documents. This is
   * the only source of truth about a parse; a callback is just a hint to poll. Fails with `PARSER_FORGOTTEN` if the
   * provider does not know the parse: the document must be submitted again.
   */
  readonly result: (
    providerJobId: string,
    request: ParseRequest
  ) => Effect.Effect<Option.Option<ParsedDocument>, ServiceError>
  /** Tells the provider that the result is no longer needed; a provider that cannot cancel lets it finish. */
  readonly cancel: (providerJobId: string) => Effect.Effect<void, ServiceError>
  /** Submits a fixed line of text and cancels it, to check the provider's health independently of any document. */
  readonly probe: Effect.Effect<void, ServiceError>
  /** The provider's recent parses for a job, including one whose submission response was lost. */
  readonly parsesOf: (job: JobId) => Effect.Effect<ReadonlyArray<string>, ServiceError>
  /** Deletes everything the provider has of a parse, running or finished. Fails if something may be left. */
  readonly forget: (providerJobId: string) => Effect.Effect<void, ServiceError>
}>()("accessa/services/DocumentParser") {}
