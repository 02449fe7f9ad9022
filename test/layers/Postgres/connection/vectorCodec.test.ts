import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { vectorArrayCodec, vectorCodec } from "../../../../layers/Postgres/connection/vectorCodec.ts"

const Component = Schema.Finite.pipe(Arbitrary.schema, Arbitrary.map(Math.fround))
const Vector = Arbitrary.array(Component, { minLength: 1, maxLength: 20 }).pipe(
  Arbitrary.map((components) => Float32Array.from(components))
)
const arrayCodec = vectorArrayCodec(16_400)
const unused = () => assert.fail("unused")
const noSink = {
  uint8: unused,
  int16: unused,
  int32: unused,
  float32: unused,
  float64: unused,
  bigInt64: unused,
  utf8: unused,
  sqlNull: unused,
  beginLength: unused,
  endLength: unused
}

describe("pgvector's binary format", () => {
  it("puts dimensions and components in network byte order", () => {
    const bytes = Result.getOrThrow(vectorCodec.encode(Float32Array.of(1, -2)))
    assert.strictEqual(Buffer.from(bytes).toString("hex"), "000200003f800000c0000000")
  })

  it.prop("round-trips any vector", [Vector], ([vector]) => {
    const bytes = Result.getOrThrow(vectorCodec.encode(vector))
    assert.deepStrictEqual(Result.getOrThrow(vectorCodec.decode(bytes)), vector)
  })

  it.prop("round-trips any array of vectors", [Arbitrary.array(Vector, { maxLength: 8 })], ([vectors]) => {
    const bytes = Result.getOrThrow(arrayCodec.encode(vectors))
    assert.deepStrictEqual(Result.getOrThrow(arrayCodec.decode(bytes)), vectors)
  })

  it.prop("writes arrays one after the other into a frame as it encodes them", [
    Arbitrary.array(Arbitrary.array(Vector, { maxLength: 8 }), { maxLength: 3 })
  ], ([arrays]) => {
    const frame: Array<Buffer> = []
    for (const vectors of arrays) {
      arrayCodec.write?.({ ...noSink, raw: (bytes) => void frame.push(Buffer.from(bytes)) }, vectors)
    }
    assert.deepStrictEqual(frame, arrays.map((vectors) => Buffer.from(Result.getOrThrow(arrayCodec.encode(vectors)))))
  })

  it.prop("reads and writes a view into a larger buffer", [Vector], ([vector]) => {
    const larger = new Float32Array(vector.length + 3)
    larger.set(vector, 2)
    const bytes = Result.getOrThrow(vectorCodec.encode(larger.subarray(2, 2 + vector.length)))
    const padded = new Uint8Array(bytes.length + 5)
    padded.set(bytes, 3)
    assert.deepStrictEqual(Result.getOrThrow(vectorCodec.decode(padded.subarray(3, 3 + bytes.length))), vector)
  })
})
