/** The reply to an embeddings request: the vectors, possibly spoiled by a scenario. */
import { Data, type Duration, Effect, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import type { Garbage } from "../scenarios/Scenario.ts"
import type { EmbeddingRequest } from "./EmbeddingRequest.ts"
import { embedText, type VectorMode } from "./embedText.ts"
import { type EmbeddingItem, writeBase64, writeFloats } from "./writeEmbeddings.ts"

/** Fails the body's stream, which cuts the connection. */
class ConnectionCut extends Data.TaggedError("ConnectionCut") {}

const contentType = "application/json"

const page =
  "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"

const embed = ({ dimensions, inputs, model }: EmbeddingRequest, mode: VectorMode): ReadonlyArray<EmbeddingItem> => {
  // One allocation for all: one for each would take a tenth of the time.
  const vectors = new Float32Array(dimensions * inputs.length)
  return inputs.map(({ pieces, text }, index) => {
    const vector = vectors.subarray(index * dimensions, (index + 1) * dimensions)
    embedText(text, pieces, { mode, model: model.id, width: model.width }, vector)
    return { index, vector }
  })
}

const spoil = (items: ReadonlyArray<EmbeddingItem>, garbage: Garbage | undefined): ReadonlyArray<EmbeddingItem> => {
  switch (garbage) {
    case "wrong_dimensions":
      return items.map(({ index, vector }) => ({ index, vector: vector.subarray(1) }))
    case "fewer_vectors":
      return items.slice(1)
    case "shuffled":
      return items.toReversed()
    case "nan":
      return items.map(({ index, vector }) => ({ index, vector: vector.with(0, Number.NaN) }))
    case "zero":
      return items.map(({ index, vector }) => ({ index, vector: new Float32Array(vector.length) }))
    default:
      return items
  }
}

export const reply = (
  request: EmbeddingRequest,
  mode: VectorMode,
  garbage: Garbage | undefined,
  pause: Duration.Duration
): HttpServerResponse.HttpServerResponse => {
  if (garbage === "html") return HttpServerResponse.html(page)
  const items = spoil(embed(request, mode), garbage)
  const write = request.format === "base64" ? writeBase64 : writeFloats
  const body = write(items, request.model.id, request.tokens)
  const half = Stream.make(body.subarray(0, body.length >> 1))
  switch (garbage) {
    case "reset_mid_body":
      return HttpServerResponse.stream(Stream.concat(half, Stream.fail(new ConnectionCut())), { contentType })
    case "slow":
      return HttpServerResponse.stream(
        Stream.concat(
          half,
          Stream.fromEffect(Effect.delay(Effect.succeed(body.subarray(body.length >> 1)), pause))
        ),
        { contentType }
      )
    default:
      return HttpServerResponse.uint8Array(body, { contentType })
  }
}
