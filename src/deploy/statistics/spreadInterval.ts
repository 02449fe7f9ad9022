/** How much values differ from each other: the standard deviation as a share of the mean, with a bootstrap interval. */
import { Option } from "effect"
import { randomFrom } from "./randomFrom.ts"

const resamples = 2_000
/** Fewer say nothing about a spread. */
const fewest = 8

export const spreadInterval = (values: ReadonlyArray<number>, confidence: number) => {
  if (values.length < fewest) return Option.none()
  const random = randomFrom(1)
  const spreads = Array.from(
    { length: resamples },
    () => spreadOf(values.map(() => values[Math.floor(random() * values.length)] ?? 0))
  ).toSorted((a, b) => a - b)
  const at = (share: number) => spreads[Math.min(resamples - 1, Math.floor(share * resamples))] ?? 0
  return Option.some({
    low: at((1 - confidence) / 2),
    spread: spreadOf(values),
    high: at((1 + confidence) / 2),
    samples: values.length
  })
}

const spreadOf = (values: ReadonlyArray<number>): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return mean === 0 ? 0 : Math.sqrt(variance) / mean
}
