import { assert, describe, it } from "@effect/vitest"
import { makeBuckets } from "../../../src/http/server/rateStore.ts"

const bucket = { limit: 10, refillMs: 100, tokens: 1, allowOverflow: false }

describe("the rate limiter's memory", () => {
  it("the rate limiter's memory allows the whole limit at once, then as much as it refills", () => {
    const { take } = makeBuckets()
    for (let n = 0; n < 10; n++) assert.strictEqual(take({ ...bucket, key: "a" }, 0)[0], 9 - n)
    assert.strictEqual(take({ ...bucket, key: "a" }, 50)[0], -1)
    assert.strictEqual(take({ ...bucket, key: "b" }, 50)[0], 9)
    assert.deepStrictEqual(take({ ...bucket, key: "a" }, 150), [0, 50])
    assert.strictEqual(take({ ...bucket, key: "a" }, 160)[0], -1)
    assert.strictEqual(take({ ...bucket, key: "a" }, 100_000)[0], 9)
  })

  it("the rate limiter's memory goes below zero only if that is allowed", () => {
    const { take } = makeBuckets()
    for (let n = 0; n < 10; n++) take({ ...bucket, key: "a" }, 0)
    assert.strictEqual(take({ ...bucket, key: "a", allowOverflow: true }, 0)[0], -1)
    assert.strictEqual(take({ ...bucket, key: "a", allowOverflow: true }, 0)[0], -2)
  })

  it("the rate limiter's memory drops full buckets", () => {
    const { size, take } = makeBuckets()
    for (let n = 0; n < 50_000; n++) take({ ...bucket, key: `user ${n}` }, n)
    assert.isBelow(size(), 2_000)
    take({ ...bucket, key: "only peeks", tokens: 0 }, 50_000)
    assert.isBelow(size(), 2_000)
  })
})
