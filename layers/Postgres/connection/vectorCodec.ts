/**
 * pgvector's binary form: int16 dimensions, int16 zero, big-endian float4s. As text a vector costs thirty times as much.
 * Everything is written as native 32-bit words first, and all bytes are swapped at once.
 */
import type { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

export const vectorCodec: PgTypes.Codec<Float32Array> = {
  encode: (vector) => {
    const words = new Uint32Array(1 + vector.length)
    writeVector(words, 0, vector)
    return Result.succeed(bigEndian(words))
  },
  decode: (bytes) => Result.succeed(readVector(bytes))
}

/** A whole `vector[]` in one buffer; element by element, as the driver would frame it, is slower. */
export const vectorArrayCodec = (elementOid: number): PgTypes.Codec<ReadonlyArray<Float32Array>> => {
  let shared = new Uint32Array(0)
  return {
    encode: (vectors) => Result.succeed(arrayIn(new Uint32Array(wordsOf(vectors)), elementOid, vectors)),
    // The driver copies it into its frame at once, so that all calls share one buffer: 1.5 MB for each makes V8 collect more often.
    write: (sink, vectors) => {
      const length = wordsOf(vectors)
      if (length > shared.length) shared = new Uint32Array(length)
      sink.raw(arrayIn(shared.subarray(0, length), elementOid, vectors))
      return Result.void
    },
    decode: (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const vectors: Array<Float32Array> = []
      for (let at = arrayHeaderWords * 4; at < bytes.length;) {
        const end = at + 4 + view.getInt32(at)
        vectors.push(readVector(bytes.subarray(at + 4, end)))
        at = end
      }
      return Result.succeed(vectors)
    }
  }
}

/** Number of dimensions of arrays, null flag, element type, length, lower bound. */
const arrayHeaderWords = 5

const wordsOf = (vectors: ReadonlyArray<Float32Array>): number =>
  vectors.reduce((total, vector) => total + 2 + vector.length, arrayHeaderWords)

const arrayIn = (
  words: Uint32Array<ArrayBuffer>,
  elementOid: number,
  vectors: ReadonlyArray<Float32Array>
): Uint8Array => {
  words.set([1, 0, elementOid, vectors.length, 1])
  let at = arrayHeaderWords
  for (const vector of vectors) {
    words[at] = 4 + vector.byteLength
    writeVector(words, at + 1, vector)
    at += 2 + vector.length
  }
  return bigEndian(words)
}

const writeVector = (words: Uint32Array<ArrayBuffer>, at: number, vector: Float32Array): void => {
  words[at] = vector.length << 16
  new Float32Array(words.buffer).set(vector, at + 1)
}

const readVector = (bytes: Uint8Array): Float32Array => {
  const vector = new Float32Array(bytes.length / 4 - 1)
  const raw = Buffer.from(vector.buffer)
  raw.set(bytes.subarray(4))
  raw.swap32()
  return vector
}

const bigEndian = ({ buffer, byteLength, byteOffset }: Uint32Array<ArrayBuffer>): Uint8Array =>
  Buffer.from(buffer, byteOffset, byteLength).swap32()
