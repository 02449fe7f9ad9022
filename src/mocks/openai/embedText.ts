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

/** Exact in float32, so that both encodings carry the same numbers. False for the zero vector, which has no direction. */
const writeUnit = (values: Float64Array, vector: Float32Array): boolean => {
  const { length } = vector
  let square = 0
  for (let at = 0; at < length; at++) {
    const value = values[at] ?? 0
    square += value * value
  }
  if (square === 0) return false
  const scale = 1 / Math.sqrt(square)
  for (let at = 0; at < length; at++) vector[at] = (values[at] ?? 0) * scale
  return true
}

const twice = new Float64Array(2 * lexicalWidth)

const widen = (values: Float64Array): Float64Array => {
  twice.set(values)
  twice.set(values, values.length)
  return twice
}

/** Writes the vector into `vector`, of `dimensions` numbers. A wider model's lexical vector repeats the narrower one. */
export const embedText = (text: string, pieces: ReadonlyArray<Piece>, how: EmbedText, vector: Float32Array): void => {
  if (how.mode === "lexical") {
    const values = lexicalVector(pieces)
    if (writeUnit(how.width > lexicalWidth ? widen(values) : values, vector)) return
  }
  // A text without words, or whose words all fall in the part that was cut off, still gets its own vector.
  writeUnit(randomVector(`${how.model}\n${text}`, how.width), vector)
}
