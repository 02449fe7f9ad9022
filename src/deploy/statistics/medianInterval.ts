/** The median of a sample and the interval in which that of the whole lies, from order statistics: no distribution is assumed. */
import { Option } from "effect"

export interface MedianInterval {
  readonly low: number
  readonly median: number
  readonly high: number
  readonly samples: number
}

/** None if there are too few values for this confidence: 0.95 needs six. */
export const medianInterval = (values: ReadonlyArray<number>, confidence: number): Option.Option<MedianInterval> => {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = lowestRank(sorted.length, confidence)
  const low = sorted[rank - 1]
  const high = sorted[sorted.length - rank]
  return low === undefined || high === undefined
    ? Option.none()
    : Option.some({ low, median: medianOf(sorted), high, samples: sorted.length })
}

export const medianOf = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

/** The highest rank whose value is below the median with half of what may be missed; 0 if there is none. */
const lowestRank = (samples: number, confidence: number): number => {
  let rank = 0
  let missed = 0
  let probability = 0.5 ** samples
  while (rank < samples / 2) {
    missed += 2 * probability
    if (missed > 1 - confidence) break
    rank++
    probability = probability * (samples - rank + 1) / rank
  }
  return rank
}
