/** `markdown-simple@1`: windows of 1,000 characters that overlap by 200, cut where a reader would pause. */
import type { TextChunk } from "../domain/Chunk.ts"
import { cutAt, isBlank, standsAlone } from "../domain/graphemes.ts"
import { type Fence, fences } from "./fences.ts"
import { readPages } from "./Pages.ts"

const size = 1000
const overlap = 200

export function* markdownSimple(markdown: string): Generator<TextChunk, undefined> {
  const { place, text } = readPages(markdown)
  const textEnd = text.trimEnd().length
  const ahead = fences(text)
  let fence = ahead.next().value
  let nearby: Array<Fence> = []
  let start = skipBlank(text, 0, textEnd)
  let covered = start
  while (start < textEnd) {
    let end = textEnd
    if (textEnd - start > size) {
      while (fence !== undefined && fence.start < start + size) {
        nearby.push(fence)
        fence = ahead.next().value
      }
      end = windowEnd(text, start, covered, nearby)
    }
    const chunk = text.slice(start, end).trimEnd()
    yield { text: chunk, meta: { headings: [], ...place(start, start + chunk.length) } }
    if (end === textEnd) break
    covered = skipBlank(text, end, textEnd)
    // A short window is not repeated, so every second window advances by at least half its size and time stays linear.
    start = end - start > 2 * overlap ? skipBlank(text, overlapStart(text, start, end, nearby), covered) : covered
    if (!isWorthRepeating(text, start, covered, nearby)) start = covered
    if (nearby.length > 0) nearby = nearby.filter((each) => each.end > start)
  }
  return undefined
}

/** Paragraph, line, sentence, word, character: the best of these in the window's second half; but whole fences and rows first. */
const windowEnd = (text: string, start: number, covered: number, nearby: ReadonlyArray<Fence>): number => {
  const limit = start + size
  const torn = fenceAround(nearby, limit)
  if (torn !== undefined && torn.start > covered) return torn.start
  const low = start + size / 2
  const half = text.slice(low, limit)
  const paragraph = torn === undefined ? half.lastIndexOf("\n\n") : -1
  const line = paragraph === -1 ? half.lastIndexOf("\n") : paragraph
  if (line !== -1) {
    const end = low + line + 1
    const fence = torn === undefined ? fenceAround(nearby, end) : undefined
    return fence === undefined ? end : fence.end
  }
  const row = start + text.slice(start, low).lastIndexOf("\n") + 1
  if (row > covered && startsRow(text, row)) return row
  for (let at = limit - 1; at > low; at--) {
    const code = text.charCodeAt(at - 1)
    const next = text.charCodeAt(at)
    if ((isStop(code) && next === space) || (isFullStop(code) && standsAlone(next))) return at
  }
  const word = half.lastIndexOf(" ")
  return word === -1 ? cutAt(text, limit, start) : low + word + 1
}

/** Not where the repeated text would fill the window, or push the fence or row behind it over the window's end. */
const isWorthRepeating = (text: string, start: number, covered: number, nearby: ReadonlyArray<Fence>): boolean =>
  covered - start < size / 2 && !nearby.some((fence) =>
    fence.start >= start && fence.start <= covered && fence.end > start + size
  ) &&
  !(startsRow(text, covered) && !text.slice(covered, start + size).includes("\n"))

/**
 * The first line, sentence or word that begins in the window's last 200 characters; its end, if that would split a row or
 * fence.
 */
const overlapStart = (text: string, start: number, end: number, nearby: ReadonlyArray<Fence>): number => {
  const from = end - overlap
  const fence = fenceAround(nearby, from)
  if (fence !== undefined && fence.end <= end) return fence.end
  const lineStart = start + text.slice(start, from).lastIndexOf("\n") + 1
  const linesOnly = fence !== undefined || startsRow(text, lineStart)
  let word = -1
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === newline) return at + 1
    if (linesOnly) continue
    if (isFullStop(code) && standsAlone(text.charCodeAt(at + 1))) return at + 1
    if (code === space) {
      if (isStop(text.charCodeAt(at - 1))) return at + 1
      if (word === -1) word = at + 1
    }
  }
  if (linesOnly) return end
  return word === -1 ? cutAt(text, from, start) : word
}

const space = 0x20
const newline = 0x0a

const isStop = (code: number): boolean => code === 0x2e || code === 0x21 || code === 0x3f

/** The full stops of scripts that put no space after them. */
const isFullStop = (code: number): boolean => code === 0x3002 || code === 0xff01 || code === 0xff1f

const startsRow = (text: string, at: number): boolean => text.charCodeAt(at) === 0x7c

const fenceAround = (nearby: ReadonlyArray<Fence>, at: number): Fence | undefined =>
  nearby.length === 0 ? undefined : nearby.find((fence) => fence.start < at && at < fence.end)

const skipBlank = (text: string, from: number, end: number): number => {
  let at = from
  while (at < end && isBlank(text.charCodeAt(at))) at++
  return at
}
