/** A cache over pieces of text, so that a common word is encoded and hashed only once. */
import { encode } from "gpt-tokenizer/encoding/cl100k_base"
import { pieceEnd } from "./splitPieces.ts"
import { type Word, wordOf } from "./Word.ts"

export interface Piece extends Word {
  readonly text: string
  readonly tokens: number
  /** The text that contained it last, and how often: kept here because a map would cost more than the sums. */
  seenIn: number
  times: number
}

/** Merging is quadratic in a run without a break, so a longer one is counted in parts: at most a token more for each. */
const longestRun = 1_000
const longestRemembered = 40
const slots = 1 << 17
const mostRemembered = slots / 2

const anyText = { disallowedSpecial: new Set<string>() }

const makePiece = (text: string): Piece => {
  let tokens = 0
  let rank: number | undefined
  for (let at = 0; at < text.length; at += longestRun) {
    const run = encode(text.slice(at, at + longestRun), anyText)
    tokens += run.length
    rank = run[0]
  }
  return { text, tokens, ...wordOf(text, tokens === 1 ? rank : undefined), seenIn: 0, times: 0 }
}

/** An open hash table, as a `Map` would need a new string for each look-up: twice the time of the whole scan. */
const table = Array.from<Piece | undefined>({ length: slots })
let remembered = 0

const isAt = (piece: Piece, text: string, from: number, end: number): boolean => {
  const known = piece.text
  if (known.length !== end - from) return false
  for (let at = 0; at < known.length; at++) if (known.charCodeAt(at) !== text.charCodeAt(from + at)) return false
  return true
}

const pieceAt = (text: string, from: number, end: number): Piece => {
  if (end - from > longestRemembered) return makePiece(text.slice(from, end))
  let hash = 0x811c9dc5
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  let slot = (hash ^ (hash >>> 15)) & (slots - 1)
  for (let known = table[slot]; known !== undefined; known = table[slot]) {
    if (isAt(known, text, from, end)) return known
    slot = (slot + 1) & (slots - 1)
  }
  const piece = makePiece(text.slice(from, end))
  if (remembered === mostRemembered) {
    table.fill(undefined)
    remembered = 0
  }
  table[slot] = piece
  remembered++
  return piece
}

/** The text's pieces in order; cl100k's token count of the text is the sum of theirs. */
export const piecesOf = (text: string): Array<Piece> => {
  const pieces: Array<Piece> = []
  for (let at = 0; at < text.length;) {
    const end = pieceEnd(text, at)
    pieces.push(pieceAt(text, at, end))
    at = end
  }
  return pieces
}

export const countTokens = (pieces: ReadonlyArray<Piece>): number => {
  let tokens = 0
  for (const piece of pieces) tokens += piece.tokens
  return tokens
}
