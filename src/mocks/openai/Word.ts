/** A word as positions in a vector: the word itself and its trigrams, which bring inflected forms close to each other. */

export interface Word {
  /** Position times two, plus one if the sign is negative; the word itself first. Empty if it is not a word. */
  readonly places: ReadonlyArray<number>
  readonly hash: number
  /** How much the word counts, and each of its trigrams. */
  readonly weight: number
  readonly share: number
}

/** The width of the vectors that words are placed in. */
export const lexicalWidth = 1_536
const trigramEnergy = 0.4
const longestWord = 40

export const mix = (hash: number): number => {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(hash)
}

export const placeOf = (hash: number): number => (hash >>> 0) % (2 * lexicalWidth)

/** Ranks are ordered by frequency and approximate it: near 0 for "the", 1 for words without a token of their own. */
const rarity = (rank: number | undefined): number =>
  rank === undefined ? 1 : Math.min(1, Math.max(0.03, (Math.log(rank + 1) - 5.5) / 6))

/** The word in a piece of text; `rank` is its token's, if it is a single one. */
export const wordOf = (piece: string, rank: number | undefined): Word => {
  const text = piece.match(/[\p{L}\p{N}]+/u)?.[0].toLowerCase().slice(0, longestWord)
  if (text === undefined) return { places: [], hash: 0, weight: 0, share: 0 }
  const hash = hashOf(text)
  const weight = rarity(rank)
  const padded = `^${text}$`
  const trigrams = text.length > 2 ? Array.from(text, (_, at) => placeOf(hashOf(padded.slice(at, at + 3)))) : []
  const share = weight * Math.sqrt(trigramEnergy / Math.max(1, trigrams.length))
  return { places: [placeOf(hash), ...trigrams], hash, weight, share }
}
