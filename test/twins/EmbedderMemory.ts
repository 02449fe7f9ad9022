/**
 * Vectors without a provider, for tests: each word adds to four positions chosen by its hash, so that texts with common
 * words are similar. Every batch is kept, so that a test can count what was bought.
 */
import { Context, Effect, Layer } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { sha256 } from "../../src/domain/hash.ts"
import { PermanentError } from "../../src/domain/ServiceError.ts"
import type { EmbeddingModel } from "../../src/domain/Vector.ts"

export class EmbedderLog extends Context.Service<EmbedderLog, {
  /** The texts of every call so far, in the order of the calls. */
  readonly batches: Effect.Effect<ReadonlyArray<ReadonlyArray<string>>>
}>()("accessa/layers/EmbedderLog") {}

export const EmbedderMemory = (model: EmbeddingModel): Layer.Layer<Embedder | EmbedderLog> =>
  Layer.effectContext(Effect.sync(() => {
    const batches: Array<ReadonlyArray<string>> = []
    const embed = Effect.fn("Embedder.embed")(function*(texts: ReadonlyArray<string>) {
      if (texts.length === 0 || texts.includes("")) {
        return yield* new PermanentError({
          code: "EMBED_REJECTED",
          message: "There is nothing to embed in an empty batch or text.",
          dependency: "embedder"
        })
      }
      batches.push([...texts])
      return {
        vectors: texts.map((text) => lexicalVector(text, model.dimensions)),
        tokens: texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0),
        requestId: `memory-${batches.length}`
      }
    })
    const probe = Effect.succeed({ tokens: 0, requestId: "memory-probe" })
    return Context.make(Embedder, { model, embed, probe }).pipe(
      Context.add(EmbedderLog, { batches: Effect.sync(() => [...batches]) })
    )
  }))

const lexicalVector = (text: string, dimensions: number): Float32Array => {
  const vector = new Float32Array(dimensions)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    const hash = sha256(word)
    for (let part = 0; part < 32; part += 8) {
      const place = Number.parseInt(hash.slice(part, part + 8), 16) % dimensions
      // Values are only added: opposite signs could cancel out to the zero vector.
      vector[place] = (vector[place] ?? 0) + 1
    }
  }
  const norm = Math.hypot(...vector)
  return vector.map((value) => value / norm)
}
