import { Option } from "effect"
import { expect, it } from "vitest"
import { randomFrom } from "../../../src/deploy/statistics/randomFrom.ts"
import { shareInterval } from "../../../src/deploy/statistics/shareInterval.ts"
import { spreadInterval } from "../../../src/deploy/statistics/spreadInterval.ts"

it("the share of successes is bounded as in the tables of the binomial distribution", () => {
  expect(shareInterval(300, 300, 0.95).low).toBeCloseTo(0.05 ** (1 / 300), 5)
  expect(shareInterval(300, 300, 0.95).high).toBe(1)
  expect(shareInterval(0, 300, 0.95)).toMatchObject({ low: 0 })
  expect(shareInterval(8, 10, 0.95).low).toBeCloseTo(0.4931, 3)
  expect(shareInterval(8, 10, 0.95).high).toBeCloseTo(0.9632, 3)
})

it("without any sample the share may be anything", () => {
  expect(shareInterval(0, 0, 0.95)).toEqual({ low: 0, high: 1 })
})

it("the spread of equal values is none, and that of few values is unknown", () => {
  expect(spreadInterval(Array.from({ length: 10 }, () => 5), 0.95)).toEqual(
    Option.some({ low: 0, spread: 0, high: 0, samples: 10 })
  )
  expect(spreadInterval([1, 2, 3], 0.95)).toEqual(Option.none())
})

it("the interval of a spread contains that of the whole in most samples", () => {
  const random = randomFrom(3)
  let contained = 0
  for (let run = 0; run < 60; run++) {
    const values = Array.from({ length: 30 }, () => 90 + 20 * random())
    const { high, low } = Option.getOrThrow(spreadInterval(values, 0.95))
    if (low < 20 / Math.sqrt(12) / 100 && high > 20 / Math.sqrt(12) / 100) contained++
  }
  expect(contained).toBeGreaterThan(45)
})
