/** The LlamaParse adapter against the stub, and a document to parse. */
import { NodeHttpClient } from "@effect/platform-node"
import { Context, Effect, Layer, Redacted, Stream } from "effect"
import { DocumentParserLlamaParse } from "../../../layers/DocumentParser/LlamaParse.ts"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { DocumentId, JobId, localUserId } from "../../../src/domain/Ids.ts"
import type { LlamaParseStub } from "../stubs/LlamaParseStub.ts"

export const key = "llx-secret-key"
export const secret = "webhook-signing-secret"
export const text = new TextEncoder().encode("# Policy\n\nThe deductible is 500.\n")
export const request: ParseRequest = {
  jobId: JobId.make("3f0c5ac6-32c4-4b6e-9b3e-0a4f0c1d2e3f"),
  documentId: DocumentId.make("7d0c5ac6-32c4-4b6e-9b3e-0a4f0c1d2e3f"),
  userId: localUserId,
  filename: "document.md",
  mediaType: "text/markdown",
  bytes: text.length,
  content: Stream.make(text),
  callback: { url: new URL("https://example.org/webhooks/llamaparse/1"), secret: Redacted.make(secret) }
}

/** A worker's own parser, with no shared state. */
export const parserOf = ({ url }: LlamaParseStub) =>
  DocumentParserLlamaParse({
    url,
    apiKey: Redacted.make(key),
    tier: "agentic",
    version: "2026-09-07",
    callTimeout: "30 seconds",
    uploadTimeout: "5 minutes"
  }).pipe(
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.build,
    Effect.map((context) => Context.get(context, DocumentParser))
  )

export const uploads = ({ requests }: LlamaParseStub) => requests.filter(({ url }) => url.pathname.endsWith("/upload"))
