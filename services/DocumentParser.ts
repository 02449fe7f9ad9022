/** Turns a document's bytes into Markdown, at once or by a provider that calls back. */
import { Context, type Effect, type Redacted, Schema, type Stream } from "effect"
import type { DocumentId, JobId, UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface ParseRequest {
  readonly jobId: JobId
  readonly documentId: DocumentId
  /** Whose document it is: a parser of our own gives users their turns. */
  readonly userId: UserId
  /** For the provider's eyes only: an ASCII name with the right extension, never the uploader's. */
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly content: Stream.Stream<Uint8Array, ServiceError>
  /** Where and how the provider may call back; absent where no callback can reach us. */
  readonly callback?: { readonly url: URL; readonly secret: Redacted.Redacted }
}

/** Canonical Markdown with page marks (`src/domain/text.ts`) where the source has pages. */
export const ParsedDocument = Schema.Struct({
  /** A long one as UTF-8: made a string, it would hold up the event loop. */
  markdown: Schema.Union([Schema.String, Schema.Uint8Array]),
  /** 0 where the source has no pages. */
  pages: Schema.Int
})
export type ParsedDocument = typeof ParsedDocument.Type

export class DocumentParser extends Context.Service<DocumentParser, {
  /** `llamaparse`, `local`: recorded with the job. */
  readonly name: string
  /** It has no provider: handing a document over buys nothing, so nothing is lost if nobody remembers it. */
  readonly immediate: boolean
  /** Hands the document over and answers the provider's job id. A parser without a provider only checks the request. */
  readonly submit: (request: ParseRequest) => Effect.Effect<string, ServiceError>
  /**
   * The result, or undefined while the provider still works, or other documents have their turn at a parser that works at once.
   * The only truth about a parse: a callback is a hint to ask. Fails with `PARSER_FORGOTTEN` if the provider knows no
   * such parse: the document has to be handed over again.
   */
  readonly result: (
    providerJobId: string,
    request: ParseRequest
  ) => Effect.Effect<ParsedDocument | undefined, ServiceError>
  /** Tells the provider that nobody waits any more; a provider that cannot cancel lets it run out. */
  readonly cancel: (providerJobId: string) => Effect.Effect<void, ServiceError>
  /** Hands over a line of our own and cancels it, to tell whether the provider is well apart from any document. */
  readonly probe: Effect.Effect<void, ServiceError>
  /** The parses that the provider was given lately for a job, also one whose hand-over nobody heard the answer of. */
  readonly parsesOf: (job: JobId) => Effect.Effect<ReadonlyArray<string>, ServiceError>
  /** Removes what the provider has of a parse, running or over. Fails if something may be left. */
  readonly forget: (providerJobId: string) => Effect.Effect<void, ServiceError>
}>()("accessa/services/DocumentParser") {}
