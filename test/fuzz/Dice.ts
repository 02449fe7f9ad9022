/** Randomness that is the same for the same seed, so that findings can be reproduced. */

export interface Dice {
  /** From 0 to 1, without 1. */
  readonly next: () => number
  readonly below: (limit: number) => number
  /** True in this many of a hundred cases. */
  readonly percent: (chance: number) => boolean
  readonly pick: <A>(from: readonly [A, ...ReadonlyArray<A>]) => A
}

/** Mulberry32: small, fast, and random enough. */
export const makeDice = (seed: number): Dice => {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let hash = Math.imul(state ^ (state >>> 15), 1 | state)
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    percent: (chance) => next() * 100 < chance,
    pick: (from) => from[below(from.length)] ?? from[0]
  }
}
