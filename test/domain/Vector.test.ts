import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { dimensions, vectorFault, vectorSha } from "../../src/domain/Vector.ts"

const unit = (length: number): Float32Array => Float32Array.from({ length }, (_, index) => index === 0 ? 1 : 0)

describe("a vector", () => {
  it("a vector of the right width with one non-zero value is valid", () => {
    assert.isUndefined(vectorFault(unit(dimensions), dimensions))
  })

  it("a vector of another width is refused with both widths", () => {
    assert.strictEqual(vectorFault(unit(768), 1536), "has 768 dimensions where 1536 are expected")
    assert.isDefined(vectorFault(new Float32Array(0), 1536))
  })

  it("a vector of zeros, including negative ones, is refused", () => {
    assert.strictEqual(vectorFault(new Float32Array(4), 4), "is all zeros")
    assert.strictEqual(vectorFault(Float32Array.from([-0, 0, -0, 0]), 4), "is all zeros")
  })

  it("a vector with a non-finite value at any position is refused", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const place of [0, 767, 1535]) {
        assert.strictEqual(
          vectorFault(unit(1536).with(place, bad), 1536),
          "contains a value that is not a finite number"
        )
      }
    }
  })

  it.prop(
    "a vector is valid if its values are finite and one is not zero",
    [Schema.NonEmptyArray(Schema.Finite)],
    ([values]) => {
      const vector = Float32Array.from(values, (value) => value % 1_000)
      assert.strictEqual(vectorFault(vector, vector.length) === undefined, vector.some((value) => value ** 2 > 0))
    }
  )

  it("a vector is hashed over its little-endian bytes, and only its own part of a larger buffer", () => {
    const values = Float32Array.from([9, 1, -2.5, 0, 9])
    assert.strictEqual(
      vectorSha(values.subarray(1, 4)),
      "738e86d615200bd3391d7ae379779a8e4644bade56d93d0634aa07004fa697f3"
    )
  })
})
