/**
 * A vector of the words in a text: texts that share words, parts of words or pairs of words are close to each other, which
 * is enough for searches on a laptop. Synonyms are not recognised.
 */
import type { Piece } from "./Pieces.ts"
import { lexicalWidth, mix, placeOf } from "./Word.ts"

const pairShare = 0.35

let texts = 0
const sums = new Float64Array(lexicalWidth)

const add = (place: number, weight: number): void => {
  const at = place >> 1
  sums[at] = (sums[at] ?? 0) + (1 - 2 * (place & 1)) * weight
}

/** The nth occurrence of a word counts 1/n. */
const timesIn = (text: number, piece: Piece): number => {
  if (piece.seenIn !== text) {
    piece.seenIn = text
    piece.times = 0
  }
  return ++piece.times
}

/** Not yet of unit length, all zeros for a text without words, and overwritten by the next call. */
export const lexicalVector = (pieces: ReadonlyArray<Piece>): Float64Array => {
  sums.fill(0)
  const text = ++texts
  let hashBefore = 0
  let weightBefore = 0
  for (const piece of pieces) {
    const { hash, places, weight } = piece
    if (places.length === 0) continue
    const damping = 1 / timesIn(text, piece)
    const share = piece.share * damping
    add(places[0] ?? 0, weight * damping)
    for (let at = 1; at < places.length; at++) add(places[at] ?? 0, share)
    add(placeOf(mix(hashBefore ^ Math.imul(hash, 0x9e3779b1))), pairShare * weightBefore * weight)
    hashBefore = hash
    weightBefore = weight
  }
  return sums
}
