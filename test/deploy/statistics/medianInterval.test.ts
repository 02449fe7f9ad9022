import { Option } from "effect"
import { describe, expect, it } from "vitest"
import { medianInterval, medianOf } from "../../../src/deploy/statistics/medianInterval.ts"
import { randomFrom } from "../../../src/deploy/statistics/randomFrom.ts"

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)

describe("the interval of a median", () => {
  it("takes the ranks of the binomial distribution", () => {
    expect(medianInterval(upTo(12), 0.99)).toEqual(Option.some({ low: 2, median: 6.5, high: 11, samples: 12 }))
    expect(medianInterval(upTo(8), 0.99)).toEqual(Option.some({ low: 1, median: 4.5, high: 8, samples: 8 }))
    expect(medianInterval(upTo(25), 0.95)).toEqual(Option.some({ low: 8, median: 13, high: 18, samples: 25 }))
  })

  it("does not exist for fewer samples than the confidence needs", () => {
    expect(medianInterval(upTo(7), 0.99)).toEqual(Option.none())
    expect(medianInterval([], 0.99)).toEqual(Option.none())
  })

  it("contains the median of a skewed distribution as often as it says", () => {
    const random = randomFrom(1)
    const runs = 4_000
    let missed = 0
    for (let run = 0; run < runs; run++) {
      const sample = upTo(12).map(() => -Math.log(random()))
      const { high, low } = Option.getOrThrow(medianInterval(sample, 0.95))
      if (low > Math.LN2 || high < Math.LN2) missed++
    }
    expect(missed / runs).toBeLessThan(0.05)
    expect(missed).toBeGreaterThan(0)
  })
})

it("the median of an even number of values lies between the middle two", () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5)
  expect(medianOf([3, 1, 2])).toBe(2)
  expect(medianOf([])).toBe(0)
})
