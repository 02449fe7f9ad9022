/** Chance that comes out the same for the same seed: without it no finding could be repeated. */

export interface Dice {
  /** From 0 to 1, without 1. */
  readonly next: () => number
  readonly below: (limit: number) => number
  /** True so often of a hundred times. */
  readonly percent: (chance: number) => boolean
  readonly pick: <A>(from: readonly [A, ...ReadonlyArray<A>]) => A
}

/** Mulberry32: small, fast, and good enough to be unforeseen. */
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
