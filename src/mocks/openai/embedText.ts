/** One text to one unit vector, the same for the same text, model and mode. */
import { lexicalVector } from "./lexicalVector.ts"
import type { Piece } from "./Pieces.ts"
import { randomVector } from "./randomVector.ts"
import { lexicalWidth } from "./Word.ts"

export type VectorMode = "lexical" | "random"

export interface EmbedText {
  readonly mode: VectorMode
  readonly model: string
  /** The model's own width; a vector is shortened by cutting it off, as the vendor's models allow. */
  readonly width: number
}

/** float32-exact, so that both encodings carry the same numbers. Whether it could be done: zero has no direction. */
const writeUnit = (values: Float64Array, period: number, vector: Float32Array): boolean => {
  let square = 0
  for (let at = 0; at < vector.length; at++) {
    const value = values[at < period ? at : at - period] ?? 0
    square += value * value
  }
  if (square === 0) return false
  const scale = 1 / Math.sqrt(square)
  for (let at = 0; at < vector.length; at++) vector[at] = (values[at < period ? at : at - period] ?? 0) * scale
  return true
}

/** Writes the vector into `vector`, of `dimensions` numbers. A wider model's lexical vector repeats the narrower one. */
export const embedText = (text: string, pieces: ReadonlyArray<Piece>, how: EmbedText, vector: Float32Array): void => {
  if (how.mode === "lexical" && writeUnit(lexicalVector(pieces), lexicalWidth, vector)) return
  // A text without words, or one whose words all lie in what was cut off, still gets a vector of its own.
  writeUnit(randomVector(`${how.model}\n${text}`, how.width), how.width, vector)
}
