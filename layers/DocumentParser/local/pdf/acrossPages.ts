/** What a page's end cuts in two: tables, whose later parts lack the head, and words. */
import type { Block } from "./pdfBlocks.ts"
import { keepsHyphen } from "./pdfInline.ts"
import type { Style } from "./pdfText.ts"

/** In points: columns of one table may differ by this much from page to page, or by a cell that is longer. */
const sameColumn = 12

/** The head of a table that continues at the top of the next page, above its rows there. */
export const repeatHeads = (pages: ReadonlyArray<ReadonlyArray<Block>>): ReadonlyArray<ReadonlyArray<Block>> => {
  let open: Block | undefined
  return pages.map((blocks) => {
    const [first, ...others] = blocks
    const head = open?.table?.[0]
    let begin = first
    if (open !== undefined && head !== undefined && first?.table !== undefined && goesOn(open, first)) {
      begin = { ...first, table: [head, ...first.table] }
    }
    const all = begin === undefined ? [] : [begin, ...others]
    const last = all.at(-1)
    if (blocks.length > 0) open = last?.kind === "table" ? last : undefined
    return all
  })
}

const goesOn = (before: Block, after: Block): boolean => {
  const [left, right] = [before.columns ?? [], after.columns ?? []]
  const isAligned = left.length === right.length &&
    left.every(({ x0, x1 }, i) => {
      const other = right[i]
      return other !== undefined && (Math.abs(x0 - other.x0) < sameColumn || Math.abs(x1 - other.x1) < sameColumn)
    })
  return isAligned && after.isHeaded !== true && !looksLikeHead(before.table?.[0] ?? [], after.table ?? [])
}

/** The same words, or words above columns of numbers. */
const looksLikeHead = (
  head: ReadonlyArray<string>,
  [first = [], second]: ReadonlyArray<ReadonlyArray<string>>
): boolean => {
  if (first.join(" ") === head.join(" ")) return true
  const hasDigit = (cells: ReadonlyArray<string> | undefined) => cells?.some((cell) => /\d/.test(cell)) === true
  return !hasDigit(head) && !hasDigit(first) && hasDigit(second)
}

/** The beginning of a word that is cut at the page's end moves to the next page, where the word is whole. */
export const joinCutWords = (
  pages: ReadonlyArray<ReadonlyArray<string>>,
  style: Style
): ReadonlyArray<ReadonlyArray<string>> => {
  const out = pages.map((blocks) => [...blocks])
  out.forEach((blocks, i) => {
    const at = blocks.findLastIndex((text) => !isNote.test(text))
    const next = out[i + 1]
    const cut = /(?:^|\s)(\p{L}+)[-\u2010\u00ad]$/u.exec(blocks[at]?.slice(-longestWord) ?? "")
    const head = cut?.[1]
    const to = next?.findIndex((text) => /^\p{Ll}/u.test(text)) ?? -1
    if (head === undefined || next === undefined || to < 0 || to > mostBefore) return
    const tail = /^\p{Ll}+/u.exec(next[to] ?? "")?.[0] ?? ""
    const whole = keepsHyphen(head, tail, style) ? `${head}-` : head
    blocks[at] = (blocks[at] ?? "").slice(0, -head.length - 1).trimEnd()
    next[to] = `${whole}${next[to] ?? ""}`
  })
  return out.map((blocks) => blocks.filter((text) => text !== ""))
}

/** A footnote below the text that is cut. */
const isNote = /^(?:\d{1,3}[.)]?|\[\d{1,3}\]|[*†‡])\s/
const longestWord = 80
/** Headings of the page, and anything above its text. */
const mostBefore = 2
