import { it } from "@effect/vitest"
import { Arbitrary, Duration, Schema } from "effect"
import { assert, describe } from "vitest"
import { parseDeadline, pollDelay, stageDeadline } from "../../src/policy/deadlines.ts"

const Waited = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3_600_000 }))),
  (ms) => Duration.millis(ms)
)
describe("the wait between polls of the parser", () => {
  it(
    "the wait between polls of the parser is a second at first, then a quarter of the elapsed time, then "
      + "twenty seconds",
    () => {
      const waits = [0, 4, 20, 80, 1_200].map((seconds) => Duration.toSeconds(pollDelay(Duration.seconds(seconds))))
      assert.deepStrictEqual(waits, [1, 1, 5, 20, 20])
    }
  )

  it.prop("never shrinks while the parser works", [Waited, Waited], ([one, other]) => {
    const [less, more] = Duration.isLessThan(one, other) ? [one, other] : [other, one]
    assert.isTrue(Duration.isLessThanOrEqualTo(pollDelay(less), pollDelay(more)))
  })

  it("the wait between polls of the parser allows fewer than 120 polls before the deadline", () => {
    let waited = Duration.zero
    let asked = 0
    while (Duration.isLessThan(waited, parseDeadline)) {
      waited = Duration.sum(waited, pollDelay(waited))
      asked++
    }
    assert.isBelow(asked, 120)
  })
})

describe("a stage's deadline", () => {
  it("is finite and longer than a worker's lease", () => {
    for (const deadline of Object.values(stageDeadline)) {
      assert.isTrue(Duration.isFinite(deadline))
      assert.isTrue(Duration.isGreaterThan(deadline, Duration.seconds(30)))
    }
  })
})
