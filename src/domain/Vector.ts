/** Embedding vectors: validation and hashing. */
import { Schema } from "effect"
import { sha256 } from "./hash.ts"

/** Vectors can be compared only if model, version and dimensions are equal. */
export const EmbeddingModel = Schema.Struct({
  model: Schema.String,
  version: Schema.String,
  dimensions: Schema.Int
})
export type EmbeddingModel = typeof EmbeddingModel.Type

/** How many of a document's chunks got the vectors that their user already had for the same texts. */
export interface Reuse {
  readonly chunks: number
  readonly reused: number
  /** UTF-8 bytes of the chunks that still need a vector. */
  readonly missingBytes: number
}

/** The width of the column; a model with other dimensions needs a migration. */
export const dimensions = 1536

/** sha256 over the little-endian float32 bytes. */
export const vectorSha = (vector: Float32Array): string =>
  sha256(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))

/** Why a vector cannot be stored, or undefined. A cosine index would silently omit a zero vector. */
export const vectorFault = (vector: Float32Array, expected: number): string | undefined => {
  if (vector.length !== expected) return `has ${vector.length} dimensions where ${expected} are expected`
  let norm = 0
  for (let index = 0; index < vector.length; index++) {
    const value = vector[index] ?? Number.NaN
    norm += value * value
  }
  if (!Number.isFinite(norm)) return "contains a value that is not a finite number"
  return norm > 0 ? undefined : "is all zeros"
}
