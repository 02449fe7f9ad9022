/**
 * Every attribute of a span, with its meaning: OpenTelemetry's names where it has one. What is not listed here is not exported,
 * so no library can add a header, a query string or a document's text.
 */
import { Effect } from "effect"
import type { JobIds } from "./JobIds.ts"

export const attributes = {
  "correlation.id": "The id of the request that brought the document.",
  "job.id": "The job.",
  "document.id": "The document.",
  "user.id": "The user for whom the work is done.",
  stage: "The stage of the job: parse, text or vectors.",
  attempt: "Which attempt at the stage or delivery this is, from 1.",
  "batch.size": "How many requests one statement or call serves. Each of them has a link to it.",
  "error.type": "The code of the error (docs/errors.md), or the status code of a refused call.",
  "error.class": "transient, permanent or recoverable.",
  "exception.type": "The kind of an error, without its message.",
  "http.request.method": "The method of a request.",
  "http.response.status_code": "The status code of the answer.",
  "http.route": "The path of the route, with the names of its parameters.",
  "url.full": "The address that was called, without its query.",
  "url.path": "The path of a request.",
  "url.scheme": "http or https.",
  "server.address": "The host that was called, or that received the request.",
  "server.port": "Its port.",
  "client.address": "The address a request came from.",
  "user_agent.original": "The caller's program.",
  "db.system.name": "postgresql.",
  "db.namespace": "The database.",
  "db.operation.name": "SELECT, INSERT, UPDATE, DELETE or another verb of the statement.",
  "db.query.text": "The beginning of the statement, without its parameters.",
  "db.client.connection.wait_time_ms": "Milliseconds the statement waited for a connection.",
  "messaging.system": "postgresql: the queues are tables.",
  "messaging.destination.name": "The queue: upload_jobs or webhook_deliveries.",
  "messaging.operation.name": "send or process.",
  "messaging.operation.type": "send or process.",
  "messaging.message.id": "The job or the delivery.",
  "messaging.message.conversation_id": "The correlation id.",
  "gen_ai.operation.name": "embeddings.",
  "gen_ai.provider.name": "openai.",
  "gen_ai.request.model": "The embedding model.",
  "gen_ai.request.encoding_formats": "base64.",
  "gen_ai.embeddings.dimension.count": "The dimensions of a vector.",
  "gen_ai.usage.input_tokens": "Tokens that the provider counted, and bills.",
  "embed.texts": "Texts in one call.",
  "provider.request_id": "The provider's id of the call, for its support.",
  "parser.found_earlier": "Whether an earlier parse of the job was found instead of buying another.",
  "parser.scans": "Scanned pages that the local parser read by OCR.",
  dependency: "The dependency that was probed: parser, embedder, storage or database.",
  "effect.fiber.interrupted": "The work was stopped: the caller hung up, or the process is stopping."
} as const

export type AttributeName = keyof typeof attributes

type Values = { readonly [N in AttributeName]?: string | number | boolean | ReadonlyArray<string> }

/** Attributes of a span that is about to begin. */
export const spanAttributes = (values: Values): Values => values

/** Adds to the current span, if it is recorded. */
export const describeSpan = (values: Values): Effect.Effect<void> => Effect.annotateCurrentSpan(values)

/** What every span about a job says. */
export const jobAttributes = ({ correlationId, documentId, jobId, userId }: JobIds): Values => ({
  "correlation.id": correlationId,
  "job.id": jobId,
  "document.id": documentId,
  "user.id": userId
})
