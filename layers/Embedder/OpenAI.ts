/** OpenAI's embeddings through its own SDK, with retries, logging and reading of the environment switched off. */
import { Duration, Effect, Layer, Redacted, Schema } from "effect"
import OpenAI, { APIError } from "openai"
import { providerCall } from "../../otel/metrics/errors.ts"
import { noteHeadroom } from "../../otel/metrics/rateHeadroom.ts"
import { describeSpan, spanAttributes } from "../../otel/names/attributes.ts"
import { Embedder } from "../../services/Embedder.ts"
import { giveBack } from "../../src/domain/giveBack.ts"
import { PermanentError, TransientError } from "../../src/domain/ServiceError.ts"
import { type EmbeddingModel, vectorFault } from "../../src/domain/Vector.ts"
import { makeBodyFetch } from "./bodyFetch.ts"
import { parseBody } from "./embeddingsBody.ts"
import { asName, late, toServiceError } from "./toServiceError.ts"

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
            return { bytes, body: parseBody(bytes), headers: response.headers }
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
      giveBack(answer.bytes)
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
    // As a string only until it is decoded: strings that waited for all others outlived the young generation.
    const text = embedding.toString("latin1")
    const size = Buffer.byteLength(text, "base64")
    if (size % 4 === 0 && size !== dimensions * 4) {
      return yield* new PermanentError({
        code: "EMBED_DIM_MISMATCH",
        message: `The embedding provider's vectors have ${size / 4} dimensions where ${dimensions} are expected.`,
        dependency: "embedder",
        requestId
      })
    }
    // Little-endian float32, as on the wire.
    if (size % 4 !== 0 || bytes.write(text, place * size, size, "base64") !== size) {
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

const EmbeddingList = Schema.Struct({
  data: Schema.Array(Schema.Struct({ index: Schema.Int, embedding: Schema.instanceOf(Buffer) })),
  usage: Schema.Struct({ total_tokens: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 })) })
})
type EmbeddingList = typeof EmbeddingList.Type
const decode = Schema.decodeUnknownEffect(EmbeddingList)
