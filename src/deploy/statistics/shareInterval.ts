/** Between which shares the true one lies, from the exact binomial distribution (Clopper and Pearson), each end with this confidence. */
export const shareInterval = (successes: number, samples: number, confidence: number) => ({
  low: successes === 0 ? 0 : bisect((share) => atLeast(successes, samples, share) > 1 - confidence),
  high: successes === samples ? 1 : bisect((share) => 1 - atLeast(successes + 1, samples, share) < 1 - confidence)
})

/** The probability of at least so many successes. */
const atLeast = (successes: number, samples: number, share: number): number => {
  if (successes <= 0) return 1
  if (share <= 0) return 0
  if (share >= 1) return 1
  let logTerm = samples * Math.log(1 - share)
  let below = 0
  for (let count = 0; count < successes; count++) {
    below += Math.exp(logTerm)
    logTerm += Math.log((samples - count) / (count + 1)) + Math.log(share / (1 - share))
  }
  return Math.max(0, 1 - below)
}

/** The least share for which it is true; it is false below that and true above. */
const bisect = (isAbove: (share: number) => boolean): number => {
  let low = 0
  let high = 1
  while (high - low > 1e-7) {
    const middle = (low + high) / 2
    if (isAbove(middle)) high = middle
    else low = middle
  }
  return high
}
