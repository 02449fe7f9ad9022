/** OpenAI's embeddings through its own SDK, with retries, logging and reading of the environment switched off. */
import { Duration, Effect, Layer, Redacted, Schema } from "effect"
import OpenAI, { APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai"
import { providerCall } from "../../otel/metrics/errors.ts"
import { noteHeadroom } from "../../otel/metrics/rateHeadroom.ts"
import { describeSpan, spanAttributes } from "../../otel/names/attributes.ts"
import { Embedder } from "../../services/Embedder.ts"
import { redact } from "../../src/domain/redact.ts"
import { PermanentError, RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { cutSentence } from "../../src/domain/text.ts"
import { type EmbeddingModel, vectorFault } from "../../src/domain/Vector.ts"
import { wishOf } from "../../src/policy/retries.ts"
import { giveBack, makeBodyFetch } from "./bodyFetch.ts"
import { parseBody } from "./embeddingsBody.ts"

export interface OpenAIOptions {
  /** With the version: `https://api.openai.com/v1`. */
  readonly url: URL
  readonly apiKey: Redacted.Redacted
  readonly model: EmbeddingModel
  /** Deadline of one call, until its last byte. */
  readonly timeout: Duration.Input
}

export const EmbedderOpenAI = (options: OpenAIOptions): Layer.Layer<Embedder> =>
  Layer.sync(Embedder, () => {
    const key = Redacted.value(options.apiKey)
    const { bodyOf, fetch } = makeBodyFetch()
    const client = new OpenAI({
      apiKey: key,
      fetch,
      baseURL: options.url.href,
      timeout: Duration.toMillis(options.timeout),
      maxRetries: 0,
      logLevel: "off",
      organization: null,
      project: null,
      adminAPIKey: null,
      webhookSecret: null
    })
    const { model } = options

    const call = (texts: ReadonlyArray<string>) =>
      Effect.clockWith((clock) =>
        Effect.tryPromise({
          try: async (signal) => {
            const response = await client.embeddings.create(
              { model: model.model, input: [...texts], encoding_format: "base64" },
              { signal }
            ).asResponse()
            const bytes = await bodyOf(response)
            const body = parseBody(bytes)
            giveBack(bytes)
            return { body, headers: response.headers }
          },
          catch: (error) => ({ error })
        }).pipe(
          Effect.tapError(({ error }) =>
            error instanceof APIError ? noteHeadroom("embedder", (name) => error.headers?.get(name)) : Effect.void
          ),
          Effect.mapError(({ error }) => toServiceError(error, { texts, key, now: clock.currentTimeMillisUnsafe() }))
        )
      ).pipe(
        Effect.timeoutOrElse({ duration: options.timeout, orElse: () => Effect.fail(late()) }),
        providerCall("embedder", "embed")
      )

    const embed = Effect.fn(`embeddings ${model.model}`, {
      kind: "client",
      attributes: spanAttributes({
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model.model,
        "gen_ai.request.encoding_formats": ["base64"],
        "gen_ai.embeddings.dimension.count": model.dimensions,
        "server.address": options.url.hostname,
        "server.port": Number(options.url.port) || (options.url.protocol === "https:" ? 443 : 80)
      })
    })(function*(texts: ReadonlyArray<string>) {
      yield* describeSpan({ "embed.texts": texts.length })
      const answer = yield* call(texts)
      yield* noteHeadroom("embedder", (name) => answer.headers.get(name))
      const requestId = asName(answer.headers.get("x-request-id") ?? "", { texts, key }) || "unknown"
      const body = yield* decode(answer.body).pipe(
        Effect.mapError(() => invalid("is not a list of embeddings", requestId))
      )
      yield* describeSpan({ "provider.request_id": requestId, "gen_ai.usage.input_tokens": body.usage.total_tokens })
      const vectors = yield* toVectors(body.data, texts.length, model.dimensions, requestId)
      return { vectors, tokens: body.usage.total_tokens, requestId }
    })

    return Embedder.of({ model, embed, probe: embed(["well"]) })
  })

const toVectors = Effect.fnUntraced(function*(
  items: EmbeddingList["data"],
  count: number,
  dimensions: number,
  requestId: string
) {
  if (items.length !== count) {
    return yield* invalid(`has ${items.length} vectors for ${count} texts`, requestId)
  }
  const vectors: Array<Float32Array> = []
  // Views of one buffer: with separate buffers, a call takes 47 instead of 41 µs of CPU per vector (median, busy machine).
  const batch = new Float32Array(count * dimensions)
  const bytes = Buffer.from(batch.buffer)
  // After sorting, every index matches: none is missing or duplicated.
  for (const [place, { embedding, index }] of items.toSorted((a, b) => a.index - b.index).entries()) {
    if (index !== place) return yield* invalid(`has no vector for text ${place}`, requestId)
    const size = Buffer.byteLength(embedding, "base64")
    if (size % 4 === 0 && size !== dimensions * 4) {
      return yield* new PermanentError({
        code: "EMBED_DIM_MISMATCH",
        message: `The embedding provider's vectors have ${size / 4} dimensions where ${dimensions} are expected.`,
        dependency: "embedder",
        requestId
      })
    }
    // Little-endian float32, as on the wire.
    if (size % 4 !== 0 || bytes.write(embedding, place * size, size, "base64") !== size) {
      return yield* invalid(`has a vector ${place} that is not base64 float32`, requestId)
    }
    const vector = batch.subarray(place * dimensions, (place + 1) * dimensions)
    const fault = vectorFault(vector, dimensions)
    if (fault !== undefined) return yield* invalid(`has a vector ${place} that ${fault}`, requestId)
    vectors.push(vector)
  }
  return vectors
})

const invalid = (fault: string, requestId: string): TransientError =>
  new TransientError({
    code: "EMBED_INVALID_RESPONSE",
    message: `The embedding provider's response ${fault}.`,
    dependency: "embedder",
    requestId
  })

const late = (): TransientError =>
  new TransientError({
    code: "EMBED_TIMEOUT",
    message: "The embedding provider did not answer in time.",
    dependency: "embedder"
  })

/** The table of the provider's errors; there are three kinds of 429. */
const toServiceError = (error: unknown, sent: Sent & { readonly now: number }): ServiceError => {
  if (error instanceof APIConnectionTimeoutError) return late()
  if (!(error instanceof APIError) || error instanceof APIUserAbortError || error.status === undefined) {
    // Once connected, the request may have been processed and billed, even if no response arrived.
    const answered = !neverSent.has(systemCode(error) ?? "")
    const details = {
      message: error instanceof SyntaxError
        ? "The embedding provider's response is not valid JSON."
        : `The ${answered ? "answer" : "call"} of the embedding provider broke off (${
          systemCode(error) ?? "no reason known"
        }).`,
      // No cause: parser errors quote the body, and header errors quote the key.
      dependency: "embedder" as const
    }
    return answered
      ? new TransientError({ ...details, code: "EMBED_INVALID_RESPONSE" })
      : new RecoverableError({ ...details, code: "EMBED_UNAVAILABLE" })
  }
  const { code, headers, requestID, status, type } = error
  const sentence = isVendorError(error.error) ? error.error.message : ""
  const said = asSentence(sentence, sent)
  const named = asName(code ?? "", sent)
  const id = asName(requestID ?? "", sent)
  const wait = retryAfter(headers, sent.now)
  const details = {
    message: `The embedding provider answered ${status}${named && ` ${named}`}${said === "" ? "." : `: ${said}`}`,
    dependency: "embedder" as const,
    ...(id === "" ? {} : { requestId: id })
  }
  if (status === 402 || moneyCodes.has(code ?? "") || moneyCodes.has(type ?? "")) {
    return new RecoverableError({ ...details, code: "EMBED_QUOTA" })
  }
  if (status === 401 || status === 403 || status === 404) {
    // The message about a wrong key repeats parts of the key.
    const message = status === 401 ? "The embedding provider rejects our key." : details.message
    return new RecoverableError({ ...details, message, code: "EMBED_AUTH" })
  }
  if (status === 429) {
    return new TransientError({ ...details, ...wait, code: "EMBED_RATE_LIMITED" })
  }
  if (status === 408 || status === 504) return new TransientError({ ...details, ...wait, code: "EMBED_TIMEOUT" })
  if (status === 409) return new TransientError({ ...details, ...wait, code: "EMBED_FAILED" })
  if (status >= 500) return new RecoverableError({ ...details, ...wait, code: "EMBED_UNAVAILABLE" })
  if (code === "context_length_exceeded" || (status === 400 && /maximum (input|context) length/i.test(sentence))) {
    return new PermanentError({ ...details, code: "EMBED_INPUT_TOO_LONG" })
  }
  return new PermanentError({ ...details, code: "EMBED_REJECTED" })
}

/** No connection was established. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

/** Codes like `ECONNRESET`, which `fetch` nests a cause or two deep. */
const systemCode = (error: unknown): string | undefined =>
  error instanceof Error
    ? ("code" in error && typeof error.code === "string" ? error.code : systemCode(error.cause))
    : undefined

const moneyCodes = new Set([
  "insufficient_quota",
  "credit_balance_exhausted",
  "organization_spend_limit_exceeded",
  "project_spend_limit_exceeded",
  "organization_usage_limit_exceeded",
  "billing_hard_limit_reached",
  "billing_not_active"
])

interface Sent {
  readonly texts: ReadonlyArray<string>
  readonly key: string
}

/**
 * The vendor's message without quotations. A call may carry texts of several users, and a message may quote any of them: it
 * is kept only if one text was sent, with that text and the key removed.
 */
const asSentence = (said: string, { key, texts }: Sent): string =>
  texts.length > 1 ? "" : redact(redact(cutSentence(said), [key]), texts, shortestQuote)

/** Consecutive characters that also occur in the text. */
const shortestQuote = 12

/** A code or an id; other values, and values that occur in a text, are dropped. */
const asName = (said: string, { key, texts }: Sent): string =>
  /^[\w.:-]{1,128}$/.test(said) && !(said.length >= shortestQuote && texts.some((text) => text.includes(said)))
    ? redact(said, [key])
    : ""

const retryAfter = (headers: Headers | undefined, now: number): ReturnType<typeof wishOf> => {
  const milliseconds = headers?.get("retry-after-ms")
  const seconds = headers?.get("retry-after")
  const wait = milliseconds
    ? Number(milliseconds)
    : seconds
    ? (Number.isNaN(Number(seconds)) ? Date.parse(seconds) - now : Number(seconds) * 1000)
    : Number.NaN
  return wishOf(wait)
}

const isVendorError = Schema.is(Schema.Struct({ message: Schema.String }))

const EmbeddingList = Schema.Struct({
  data: Schema.Array(Schema.Struct({ index: Schema.Int, embedding: Schema.String })),
  usage: Schema.Struct({ total_tokens: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 })) })
})
type EmbeddingList = typeof EmbeddingList.Type
const decode = Schema.decodeUnknownEffect(EmbeddingList)
