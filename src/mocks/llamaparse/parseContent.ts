/** The content of a document: extracted by the mock's parser, or generated from the document's id. */
import { Data, Effect, Option, Schedule, Stream } from "effect"
import { HttpClient } from "effect/http"
import { DocumentParser } from "../../../services/DocumentParser.ts"
import type { ErrorCode } from "../../domain/ErrorCode.ts"
import { uuidBytes, uuidV5 } from "../../domain/hash.ts"
import { DocumentId, JobId, localUserId } from "../../domain/Ids.ts"
import { stringOf } from "../../domain/text.ts"
import type { ParseFailure } from "../scenarios/Scenario.ts"
import { type Page, pagesOf, syntheticMarkdown } from "./Page.ts"

/** Where the document is. */
export type Source =
  | { readonly _tag: "Bytes"; readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }
  | { readonly _tag: "Url"; readonly url: string }

export class ParseFailed extends Data.TaggedError("ParseFailed")<{
  readonly code: ParseFailure
  readonly reason: string
}> {}

/** Codes that are not listed are temporary for the caller. */
const vendorCodes: Partial<Record<ErrorCode, ParseFailure>> = {
  ENCRYPTED: "PDF_IS_PROTECTED",
  PARSE_CORRUPT: "PDF_IS_BROKEN",
  NO_TEXT: "NO_DATA_FOUND_IN_FILE",
  EMPTY_FILE: "NO_DATA_FOUND_IN_FILE",
  TEXT_NOT_SANE: "NO_DATA_FOUND_IN_FILE",
  UNSUPPORTED_TYPE: "UNSUPPORTED_FILE_TYPE",
  TYPE_MISMATCH: "UNSUPPORTED_FILE_TYPE",
  FILE_TOO_LARGE: "DOCUMENT_TOO_LARGE",
  EXPANSION_LIMIT: "DOCUMENT_TOO_LARGE",
  PARSE_TOO_COMPLEX: "DOCUMENT_TOO_LARGE",
  TOO_MANY_PAGES: "TOO_MANY_PAGES",
  PARSER_TIMEOUT: "TIMEOUT"
}

const namespace = uuidBytes("0d1f7a52-6f0e-4d0c-9d0b-6c1f5a1e2b7d")
const uuidOf = (name: string): string => uuidV5(namespace, name)

const download = Effect.fnUntraced(function*(url: string) {
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  return yield* client.get(url).pipe(
    Effect.flatMap((response) => response.arrayBuffer),
    Effect.map((bytes) => new Uint8Array(bytes)),
    Effect.mapError(() => new ParseFailed({ code: "INTERNAL_ERROR", reason: "The source URL cannot be read." }))
  )
})

const lastPart = (url: string): string => URL.parse(url)?.pathname.split("/").at(-1) || "document"

const readDocument = Effect.fnUntraced(function*(jobId: string, source: Source) {
  const parser = yield* DocumentParser
  const file = source._tag === "Bytes"
    ? source
    : { name: lastPart(source.url), mediaType: "application/octet-stream", bytes: yield* download(source.url) }
  const request = {
    jobId: JobId.make(uuidOf(jobId)),
    documentId: DocumentId.make(uuidOf(`document ${jobId}`)),
    userId: localUserId,
    filename: file.name,
    mediaType: file.mediaType,
    bytes: file.bytes.length,
    content: Stream.succeed(file.bytes)
  }
  return yield* parser.submit(request).pipe(
    Effect.flatMap((id) => parser.result(id, request)),
    // An asynchronous parser returns nothing here.
    Effect.repeat({ schedule: Schedule.spaced("50 millis"), until: Option.isSome }),
    Effect.map(Option.getOrThrow),
    Effect.mapError((error) =>
      new ParseFailed({ code: vendorCodes[error.code] ?? "INTERNAL_ERROR", reason: error.message })
    )
  )
})

export const parseDocument = Effect.fnUntraced(function*(jobId: string, source: Source) {
  const parsed = yield* readDocument(jobId, source)
  return pagesOf(stringOf(parsed.markdown))
})

export const synthesize = (documentId: string): ReadonlyArray<Page> => pagesOf(syntheticMarkdown(documentId))
