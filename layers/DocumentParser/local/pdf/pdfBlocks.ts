/** A page's rows → Markdown blocks: headings, paragraphs, lists, tables and code. */
import { pipeTable } from "../html/pipeTable.ts"
import { guard } from "../threads/guard.ts"
import { emphasized, joinLines } from "./pdfInline.ts"
import { type Column, takeTable } from "./pdfTable.ts"
import { isRightToLeft, type Piece, type Row, type Style } from "./pdfText.ts"

/** In points: how far a line's size may stay below its heading level's. */
const sizeTolerance = 0.25
/** Of the text's size: smaller bold text is a note, not a heading. */
const boldHeadingScale = 0.95
/** In words: a longer bold line is a paragraph. */
const mostHeadingWords = 14
/** Of the type size: lines of one paragraph differ in size by at most this. */
const sameSize = 0.12
/** In type sizes, from baseline to baseline: the largest step inside a block. */
const widestStep = { code: 3, heading: 1.7, paragraph: 2.2 }
/** In type sizes: the step assumed for a block of one line. */
const usualStep = 1.5
/** Of the block's last step and of the type size: a larger step begins a new block. */
const widerStep = 1.25
const alwaysNear = 1.2
/** In type sizes: an indent this wide begins a paragraph, and a line this much shorter ends one. */
const indent = 0.8
const shortLine = 4
const shortLineRightToLeft = 1.2
/** In type sizes: how far to the left of its marker an item's next line may begin. */
const itemOutdent = 0.5

export const pdfBlocks = (rows: ReadonlyArray<Row>, style: Style): ReadonlyArray<Block> => {
  const out: Array<Block> = []
  for (let at = 0; at < rows.length;) {
    const table = takeTable(rows, at)
    if (table !== undefined) {
      if (table.cells.length > 0) {
        const isHeaded = isBoldRow(rows[at]) && !isBoldRow(rows[at + 1])
        out.push({ kind: "table", lines: [], table: table.cells, columns: table.columns, isHeaded })
      }
      for (const piece of table.prose.flat()) addLine(out, piece, style)
      at = table.end
      continue
    }
    for (const piece of rows[at] ?? []) addLine(out, piece, style)
    at++
  }
  return withoutPoints(out)
}

/** More headings of one size that begin at one edge, with nothing between them, are points of a list, as on a cover. */
const mostInARow = 2

const withoutPoints = (blocks: ReadonlyArray<Block>): ReadonlyArray<Block> => {
  const looks = blocks.map(({ kind, lines: [first] }) =>
    kind === "heading" && first !== undefined ? `${Math.round(first.size)} ${Math.round(first.x0)}` : undefined
  )
  const out: Array<Block> = []
  for (let at = 0; at < blocks.length;) {
    let end = at + 1
    while (end < blocks.length && looks[end] === looks[at]) end++
    const arePoints = looks[at] !== undefined && end - at > mostInARow
    for (const block of blocks.slice(at, end)) out.push(arePoints ? { ...block, kind: "paragraph" } : block)
    at = end
  }
  return out
}

const isBoldRow = (row: Row | undefined): boolean => row?.every((piece) => piece.runs.every((run) => run.bold)) === true

export interface Block {
  readonly kind: "heading" | "paragraph" | "item" | "code" | "table"
  readonly lines: Array<Piece>
  readonly table?: ReadonlyArray<ReadonlyArray<string>>
  /** Where its columns are on the page. */
  readonly columns?: ReadonlyArray<Column>
  /** Its first row looks different from the others. */
  readonly isHeaded?: boolean
}

const addLine = (out: Array<Block>, piece: Piece, style: Style) => {
  const last = out.at(-1)
  const before = last?.lines.at(-1)
  const kind = kindOf(piece, style)
  const goesOn = last !== undefined && before !== undefined &&
    (kind === last.kind || (kind === "paragraph" && last.kind === "item")) && continues(last, before, piece, style)
  if (goesOn && kind !== "item") last.lines.push(piece)
  else out.push({ kind, lines: [piece] })
}

const bullet = /^(?:[•●○▪■□◦‣∙➢✓\uf0b7\uf0a7]|[–*-] |·)\s*/
// If more of them follow, a middle dot separates the words of one line.
const hasBullet = (text: string): boolean => bullet.test(text) && !(text.startsWith("·") && text.includes(" · ", 1))
// A capital with a full stop is more often a person's initial.
const ordinal = /^(\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]|\(?[A-Z]\))\s+/

/** Whether the line ends in dot leaders and a page number. By hand: an expression would retry each dot of a long row. */
const hasLeader = (text: string): boolean => {
  let at = text.length
  while (at > 0 && /\d/.test(text.charAt(at - 1))) at--
  if (at === text.length) return false
  while (at > 0 && /\s/.test(text.charAt(at - 1))) at--
  let dots = 0
  while (dots < 5 && at > 0 && /[.·…_]/.test(text.charAt(at - 1))) {
    dots++
    at--
    if (at > 0 && /\s/.test(text.charAt(at - 1))) at--
  }
  return dots === 5
}

const kindOf = (piece: Piece, style: Style): Block["kind"] => {
  if (piece.runs.every((run) => run.mono)) return "code"
  if (headingLevel(piece, style) > 0) return "heading"
  return hasBullet(piece.text) || ordinal.test(piece.text) || hasLeader(piece.text) ? "item" : "paragraph"
}

/** Of a preface. */
const pageNumber = /^[ivxl]+$/

/** 0 if the line is not a heading. A heading is larger than the text, or bold throughout and not a sentence. */
const headingLevel = (piece: Piece, style: Style): number => {
  const words = piece.text.match(/\p{L}{2,}/gu)?.length ?? 0
  if (
    words === 0 || piece.text.length > 200 || piece.runs[0]?.isTurned === true || hasLeader(piece.text) ||
    hasBullet(piece.text) || pageNumber.test(piece.text)
  ) return 0
  const level = style.headingSizes.findIndex((size) => piece.size >= size - sizeTolerance) + 1
  if (level > 0) return Math.min(level, 5)
  const isBold = !style.isBold && piece.size >= style.size * boldHeadingScale &&
    piece.runs.every((run) => run.bold || !/\p{L}/u.test(run.text))
  return isBold && words <= mostHeadingWords && !/[.,;]$/.test(piece.text)
    ? Math.min(style.headingSizes.length + 1, 6)
    : 0
}

const continues = (block: Block, before: Piece, piece: Piece, style: Style): boolean => {
  const gap = piece.y - before.y
  const size = Math.max(piece.size, before.size)
  if (block.kind === "code") return gap > 0 && gap < widestStep.code * size
  if (block.kind === "heading") {
    return headingLevel(before, style) === headingLevel(piece, style) && gap > 0 && gap < widestStep.heading * size
  }
  if (Math.abs(piece.size - before.size) > sameSize * size) return false
  const ends = /[.!?:。؟]["”’)]*$/.test(before.text)
  // The next column or the far side of a figure: only an unfinished sentence continues there.
  if (gap <= 0 || gap > widestStep.paragraph * size) return !ends && gap <= 0 && /^\p{Ll}/u.test(piece.text)
  const usual = block.lines.length > 1 ? before.y - (block.lines.at(-2)?.y ?? 0) : usualStep * size
  if (gap > Math.max(widerStep * usual, alwaysNear * size)) return false
  if (isRightToLeft(piece.text)) return !(ends && piece.x1 < before.x1 - shortLineRightToLeft * size)
  if (block.kind === "item") return piece.x0 > (block.lines[0]?.x0 ?? 0) - size * itemOutdent
  const isIndented = piece.x0 > before.x0 + indent * size && block.lines.length > 1
  return !(isIndented && ends) && !(ends && before.x1 < widest(block) - shortLine * size)
}

/** Of the last lines only: otherwise each line of a long block would cost as much as the block. */
const widest = (block: Block): number => Math.max(...block.lines.slice(-50).map((line) => line.x1))

export const renderBlocks = (blocks: ReadonlyArray<Block>, style: Style): ReadonlyArray<string> => {
  const out: Array<string> = []
  let edges: Array<number> = []
  for (const [i, block] of blocks.entries()) {
    if (block.kind !== "item") {
      edges = []
      out.push(renderPlain(block, style))
      continue
    }
    const x = block.lines[0]?.x0 ?? 0
    edges = [...edges.filter((edge) => edge < x - 4), x]
    const item = "  ".repeat(Math.min(edges.length - 1, 6)) + renderItem(block, style)
    // The items of one list are close together.
    if (blocks[i - 1]?.kind === "item") out.push(`${out.pop()}\n${item}`)
    else out.push(item)
  }
  return out.filter((text) => text.trim() !== "")
}

const renderItem = (block: Block, style: Style): string => {
  const text = emphasized(block.lines, style)
  if (hasLeader(block.lines[0]?.text ?? "")) return `- ${text}`
  return hasBullet(text) ? text.replace(bullet, "- ") : text.replace(ordinal, (_, mark: string) => {
    const number = mark.replaceAll(/[().]/g, "")
    return /^\d+$/.test(number) ? `${number}. ` : `- ${mark} `
  })
}

const renderPlain = (block: Block, style: Style): string => {
  const [first] = block.lines
  if (first === undefined) return pipeTable(block.table ?? [])
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(headingLevel(first, style))} ${joinLines(block.lines.map((line) => line.text), style)}`
    case "code":
      return block.lines.length > 1 ? renderCode(block.lines) : guard(first.text)
    default:
      return guard(emphasized(block.lines, style))
  }
}

const renderCode = (lines: ReadonlyArray<Piece>): string => {
  const left = Math.min(...lines.map((line) => line.x0))
  const text = lines.map((line) => " ".repeat(Math.round((line.x0 - left) / (0.6 * line.size))) + line.text).join("\n")
  const fence = text.includes("```") ? "````" : "```"
  return `${fence}\n${text}\n${fence}`
}
