import { assert, describe, it } from "@effect/vitest"
import { giveBack } from "../../src/domain/giveBack.ts"

describe("memory that is no longer read", () => {
  it("is freed, unless others share its buffer", () => {
    const whole = new Uint8Array(8).fill(1)
    giveBack(whole.subarray(0, 4))
    assert.deepStrictEqual(whole, new Uint8Array(8).fill(1))
    giveBack(whole)
    assert.strictEqual(whole.length, 0)
  })
})
