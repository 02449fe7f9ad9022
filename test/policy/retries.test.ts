import { it } from "@effect/vitest"
import { Arbitrary, Duration, Schema } from "effect"
import { assert, describe } from "vitest"
import { limitedFor, longestWish, retryDelay, retryLimit, wishOf } from "../../src/policy/retries.ts"

const seconds = (attempt: number, random: number, retryAfter?: Duration.Duration) =>
  Duration.toSeconds(retryDelay(attempt, random, retryAfter))

const Random = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Attempt = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))
const Wish = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3_600_000 }))),
  (ms) => Duration.millis(ms)
)

describe("the wait before a retry", () => {
  it("the wait before a retry is 3, 6 and 12 s without its jitter, for as many retries as there are", () => {
    assert.strictEqual(retryLimit, 3)
    assert.deepStrictEqual([0, 1, 2].map((attempt) => seconds(attempt, 0.5)), [3, 6, 12])
  })

  it.prop(
    "the wait before a retry is within a fifth of 2ⁿ × 3 s, and never longer than six minutes",
    [Attempt, Random],
    ([attempt, random]) => {
      const wait = seconds(attempt, random)
      const middle = Math.min(300, 3 * 2 ** attempt)
      assert.isAtLeast(wait, 0.799 * middle)
      assert.isAtMost(wait, 1.201 * middle)
    }
  )

  it.prop(
    "the wait before a retry is at least the provider's Retry-After",
    [Attempt, Random, Wish],
    ([attempt, random, wish]) => {
      const wait = retryDelay(attempt, random, wish)
      assert.isTrue(Duration.isGreaterThanOrEqualTo(wait, wish))
      assert.isTrue(Duration.isGreaterThanOrEqualTo(wait, retryDelay(attempt, random)))
    }
  )

  it("the wait before a retry is at most an hour, even if the provider asks for more", () => {
    for (const wish of [wishOf(3.6e12), { retryAfter: Duration.hours(1_000_000) }]) {
      assert.strictEqual(Duration.toHours(retryDelay(0, 0.5, wish.retryAfter)), 1)
    }
  })

  it("the wait before a retry ignores an invalid Retry-After", () => {
    assert.deepStrictEqual([wishOf(-1), wishOf(Number.NaN)], [{}, {}])
    assert.deepStrictEqual([wishOf(0), wishOf(Infinity)], [{ retryAfter: Duration.zero }, {
      retryAfter: longestWish
    }])
  })

  it("the wait before a retry differs between two jobs that failed together", () => {
    assert.isBelow(seconds(0, 0.2), seconds(0, 0.3))
  })

  it("the wait for a rate limit is a quarter of the time waited so far, between 3 s and five minutes", () => {
    const after = (minutes: number) => Duration.toSeconds(limitedFor(Duration.minutes(minutes), 0.5))
    assert.deepStrictEqual([0, 1, 8, 60].map(after), [3, 15, 120, 300])
    const spread = [0, 1].map((random) => Duration.toSeconds(limitedFor(Duration.minutes(4), random)))
    assert.deepStrictEqual(spread, [48, 72])
    assert.strictEqual(Duration.toHours(limitedFor(Duration.zero, 0.5, Duration.hours(1_000_000))), 1)
  })
})
