/** Markdown without its page marks, and a mapping from its offsets to the offsets and pages of the original. */
import type { ChunkMeta } from "../domain/Chunk.ts"
import { pageMark, pageMarkThere } from "../domain/text.ts"

export interface Pages {
  /** The chunkers' input: the Markdown without the lines of page marks. */
  readonly text: string
  /** Offsets and page in the original of the span [start, end) of `text`, whose first and last character belong to it. */
  readonly place: (start: number, end: number) => Omit<ChunkMeta, "headings">
}

/** A span of text that was copied unchanged: where it begins in `text` and in the original. */
interface Piece {
  readonly at: number
  readonly source: number
  readonly page: number | undefined
}

const markStart = pageMark(0).slice(0, pageMark(0).indexOf("0"))
const largestPage = 2 ** 31 - 1

export const readPages = (markdown: string): Pages => {
  if (!markdown.includes(markStart)) return { text: markdown, place: (start, end) => ({ start, end }) }
  const mark = pageMarkThere()
  const pieces: Array<Piece> = []
  const parts: Array<string> = []
  let length = 0
  let source = 0
  let page: number | undefined
  let endsBlank = true
  const copy = (end: number) => {
    if (end <= source) return
    pieces.push({ at: length, source, page })
    parts.push(markdown.slice(source, end))
    length += end - source
    endsBlank = markdown.endsWith("\n\n", end) && end - source > 1
  }
  for (let at = markdown.indexOf(markStart); at !== -1; at = markdown.indexOf(markStart, at + 1)) {
    mark.lastIndex = at
    const match = mark.exec(markdown)
    if (match === null) continue
    copy(at)
    source = at + match[0].length
    if (markdown[source] === "\n") source++
    // A paragraph may continue on the next page, but blank lines on both sides of a mark count as one.
    if (endsBlank) { while (markdown[source] === "\n") source++ }
    const number = Number(match[1])
    if (number >= 1 && number <= largestPage) page = number
  }
  copy(markdown.length)
  return { text: parts.join(""), place: place(pieces) }
}

const place = (pieces: ReadonlyArray<Piece>) => (start: number, end: number) => {
  const first = pieceAt(pieces, start)
  const last = pieceAt(pieces, end - 1)
  return {
    ...(first.page === undefined ? {} : { page: first.page }),
    start: first.source + start - first.at,
    end: last.source + end - last.at
  }
}

const nowhere: Piece = { at: 0, source: 0, page: undefined }

const pieceAt = (pieces: ReadonlyArray<Piece>, at: number): Piece => {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((pieces[middle] ?? nowhere).at <= at) low = middle
    else high = middle - 1
  }
  return pieces[low] ?? nowhere
}
