/**
 * The six calls of LlamaParse's v2 API that we need, without retries: each has a deadline, and its answer is decoded or its
 * error classified.
 */
import { type Duration, Effect, Redacted, Schema, Semaphore, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { providerCall } from "../../../otel/metrics/errors.ts"
import { noteHeadroom } from "../../../otel/metrics/rateHeadroom.ts"
import { redact } from "../../../src/domain/redact.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { systemCode } from "../../shared/systemCode.ts"
import { readResult } from "./readResult.ts"
import { toServiceError } from "./toServiceError.ts"

export interface ParseApiOptions {
  /** The API of the key's region, without a path. */
  readonly url: URL
  readonly apiKey: Redacted.Redacted
  /** Deadline of a call that carries no document. */
  readonly callTimeout: Duration.Input
  readonly uploadTimeout: Duration.Input
}

export interface Upload {
  readonly contentType: string
  readonly bytes: number
  readonly content: Stream.Stream<Uint8Array, ServiceError>
  /** Parts of the request that must not appear in an error message. */
  readonly secrets: ReadonlyArray<string>
}

export const parseApi = (options: ParseApiOptions) =>
  Effect.map(Effect.all([HttpClient.HttpClient, Semaphore.make(resultsAtOnce)]), ([httpClient, results]) => {
    const client = HttpClient.mapRequest(httpClient, (request) =>
      request.pipe(
        HttpClientRequest.bearerToken(options.apiKey),
        HttpClientRequest.acceptJson
      ))

    const key = Redacted.value(options.apiKey)

    const inTime = (timeout: Duration.Input) =>
      Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(toServiceError({ _tag: "Timeout" })) })
    const textOf = (response: HttpClientResponse.HttpClientResponse, secrets: ReadonlyArray<string> = []) =>
      Effect.mapError(response.text, broken).pipe(Effect.map((body): Reply => ({
        status: response.status,
        body: isOk(response) ? body : redact(body.slice(0, longestRefusal), [key, ...secrets]),
        retryAfter: response.headers["retry-after"]
      })))
    const start = (request: HttpClientRequest.HttpClientRequest) =>
      Effect.tap(
        Effect.mapError(client.execute(request), broken),
        ({ headers }) => noteHeadroom("parser", (name) => headers[name])
      )

    const send = (
      request: HttpClientRequest.HttpClientRequest,
      timeout: Duration.Input = options.callTimeout,
      secrets: ReadonlyArray<string> = []
    ): Effect.Effect<Reply, ServiceError> =>
      Effect.flatMap(start(request), (response) => textOf(response, secrets)).pipe(inTime(timeout))
    const parses = new URL("/api/v2/parse", options.url).href
    const job = (id: string) => `${parses}/${encodeURIComponent(id)}`

    return {
      create: ({ bytes, content, contentType, secrets }: Upload) =>
        send(
          HttpClientRequest.post(`${parses}/upload`).pipe(
            HttpClientRequest.bodyStream(content, { contentType, contentLength: bytes })
          ),
          options.uploadTimeout,
          secrets
        ).pipe(Effect.flatMap(read(decodeJob)), providerCall("parser", "create")),
      /** Undefined if the vendor does not know the job. */
      get: (id: string) =>
        send(HttpClientRequest.get(job(id))).pipe(
          Effect.flatMap((reply) =>
            reply.status === 404 ? Effect.undefined : Effect.map(read(decodeStatus)(reply), ({ job }) => job)
          ),
          providerCall("parser", "get")
        ),
      /** May be undefined briefly after the job completes: a callback may arrive before the result. */
      result: (id: string) =>
        start(HttpClientRequest.get(job(id), { urlParams: { expand: "markdown" } })).pipe(
          Effect.flatMap((response) => {
            if (isOk(response)) {
              return readResult(Stream.mapError(response.stream, broken))
            }
            return response.status === 404 ? Effect.undefined : Effect.flatMap(textOf(response), refused)
          }),
          inTime(options.callTimeout),
          providerCall("parser", "result"),
          results.withPermits(1)
        ),
      list: (createdSince: Date, pageToken: string | undefined) =>
        send(HttpClientRequest.get(parses, {
          urlParams: {
            page_size: 100,
            created_at_on_or_after: createdSince.toISOString(),
            ...(pageToken === undefined ? {} : { page_token: pageToken })
          }
        })).pipe(Effect.flatMap(read(decodeList)), providerCall("parser", "list")),
      /** A finished or unknown job cannot be cancelled. */
      cancel: (id: string) =>
        send(HttpClientRequest.post(`${job(id)}/cancel`)).pipe(
          Effect.flatMap((reply) =>
            [400, 404, 409].includes(reply.status) ? Effect.void : Effect.asVoid(read(decodeJob)(reply))
          ),
          providerCall("parser", "cancel")
        ),
      /** True if the vendor has deleted everything, false if the job has not ended. */
      remove: (id: string) =>
        send(HttpClientRequest.delete(job(id))).pipe(
          Effect.flatMap((reply) =>
            reply.status === 404
              ? Effect.succeed(true)
              : [400, 409, 422].includes(reply.status)
              ? Effect.succeed(false)
              : Effect.as(
                read(() => Effect.void)(reply),
                true
              )
          ),
          providerCall("parser", "remove")
        )
    }
  })
export type ParseApi = Effect.Success<ReturnType<typeof parseApi>>

/** A long one takes a thread, and four times its size in memory while it is read. */
const resultsAtOnce = 12

/** Longer than any of the vendor's own messages. */
const longestRefusal = 10_000
const isOk = ({ status }: { readonly status: number }): boolean => status >= 200 && status < 300

interface Reply {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
}

const read = <A>(decode: (body: string) => Effect.Effect<A, Schema.SchemaError>) => (reply: Reply) =>
  isOk(reply)
    ? Effect.mapError(decode(reply.body), () => toServiceError({ _tag: "Unreadable" }))
    : refused(reply)

const refused = (reply: Reply) => Effect.fail(toServiceError({ _tag: "Status", ...reply }))

/** The error contains the request, which contains our key: only the reason is passed on. */
const broken = (error: unknown) => toServiceError({ _tag: "Connection", reason: systemCode(error) })

export const ParseJob = Schema.Struct({
  /** It is stored in a row and used in URLs. */
  id: Schema.String.check(Schema.isPattern(/^[\x21-\x7e]{1,200}$/)),
  status: Schema.Literals(["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"]),
  created_at: Schema.optionalKey(Schema.NullOr(Schema.String)),
  error_message: Schema.optionalKey(Schema.NullOr(Schema.String)),
  user_metadata: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.String)))
})
export type ParseJob = typeof ParseJob.Type

const decodeJob = Schema.decodeUnknownEffect(Schema.fromJsonString(ParseJob))
const decodeStatus = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({ job: ParseJob })))
const decodeList = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({
  items: Schema.Array(ParseJob),
  next_page_token: Schema.optionalKey(Schema.NullOr(Schema.String))
})))
