/** The contract of embedders, as a suite over a layer. */
import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { vectorFault } from "../../src/domain/Vector.ts"

const texts = [
  "The annual deductible is 500 dollars.",
  "The annual deductible is 500 euros.",
  "Dental treatment is not covered.",
  "Zahnärztliche Behandlung 🦷 ist ausgeschlossen."
]

export const embedderContract = <E>(name: string, embedder: Layer.Layer<Embedder, E>) =>
  layer(embedder, { excludeTestServices: true })(`Embedder ${name}`, (it) => {
    it.effect("returns a storable vector for every text", () =>
      Effect.gen(function*() {
        const { embed, model } = yield* Embedder
        const { requestId, tokens, vectors } = yield* embed(texts)
        assert.strictEqual(vectors.length, texts.length)
        for (const vector of vectors) assert.isUndefined(vectorFault(vector, model.dimensions))
        assert.isAbove(tokens, texts.length)
        assert.isAbove(requestId.length, 0)
      }))

    it.effect("returns the same vector for a text alone, in any position and every time", () =>
      Effect.gen(function*() {
        const { embed } = yield* Embedder
        const forwards = (yield* embed(texts)).vectors
        const backwards = (yield* embed(texts.toReversed())).vectors.toReversed()
        const alone = yield* Effect.forEach(texts, (text) => Effect.map(embed([text]), ({ vectors }) => vectors))
        assert.deepStrictEqual(backwards, forwards)
        assert.deepStrictEqual(alone.flat(), [...forwards])
      }))

    it.effect("returns different vectors for different texts", () =>
      Effect.gen(function*() {
        const { vectors } = yield* (yield* Embedder).embed(texts)
        assert.strictEqual(new Set(vectors.map(String)).size, texts.length)
      }))

    it.effect("accepts 256 texts in one call", () =>
      Effect.gen(function*() {
        const many = Array.from({ length: 256 }, (_, number) => `Clause ${number} of the policy.`)
        const { vectors } = yield* (yield* Embedder).embed(many)
        assert.strictEqual(new Set(vectors.map(String)).size, 256)
      }))

    it.effect("refuses an empty text and an empty batch permanently", () =>
      Effect.gen(function*() {
        const { embed } = yield* Embedder
        for (const batch of [[], ["something", ""]]) {
          const error = yield* Effect.flip(embed(batch))
          assert.deepStrictEqual([error._tag, error.code], ["PermanentError", "EMBED_REJECTED"])
        }
      }))
  })
