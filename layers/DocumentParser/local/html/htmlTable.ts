/** An HTML table → a Markdown table, or plain blocks where it only lays out a page. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { attribute, type Block, isTag, pushChildren, textOf, tidy } from "./htmlTree.ts"
import { pipeTable } from "./pipeTable.ts"
import { isHidden } from "./Walk.ts"

/** Spans beyond are cut; cells of their own are not. */
const maxSpannedColumns = 1000

interface Render {
  readonly blocks: (node: Tree.Element) => ReadonlyArray<Block>
  readonly inline: (node: Tree.Element) => string
  readonly repeats: { left: number }
}

export const renderTable = (table: Tree.Element, render: Render): ReadonlyArray<Block> => {
  const { captions, rows } = readTable(table)
  const caption = captions.flatMap(render.blocks)
  if (isLayout(rows)) return [...caption, ...rows.flat().flatMap(render.blocks)]
  const grid = dropEmpty(toGrid(rows, render))
  const [first = []] = grid
  if (grid.length < 2 || first.length < 2) {
    const lines = grid.map((row) => row.filter((cell) => cell !== "").join(" "))
    return [...caption, ...lines.map((text) => ({ text, isList: false }))]
  }
  return [...caption, { text: pipeTable(grid), isList: false }]
}

/** A table inside a cell, on one line. */
export const tableInline = (table: Tree.Element, inline: (node: Tree.Element) => string): string => {
  const { captions, rows } = readTable(table)
  const line = (cells: ReadonlyArray<Tree.Element>) =>
    cells.map((cell) => tidy(inline(cell))).filter(isFilled).join(", ")
  return [...captions.map((each) => tidy(inline(each))), ...rows.map(line)].filter(isFilled).join("; ")
}

const isFilled = (text: string): boolean => text !== ""

type Rows = ReadonlyArray<ReadonlyArray<Tree.Element>>

/** The table's own rows; those of a table in one of its cells are the cell's. */
const readTable = (table: Tree.Element) => {
  const rows: Array<Array<Tree.Element>> = []
  const captions: Array<Tree.Element> = []
  const pending: Array<Tree.Node> = []
  pushChildren(pending, table)
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isTag(node) || isHidden(node)) continue
    if (node.tagName === "caption") captions.push(node)
    else if (node.tagName === "td" || node.tagName === "th") rows.at(-1)?.push(node)
    else {
      if (node.tagName === "tr") rows.push([])
      pushChildren(pending, node)
    }
  }
  return { captions, rows }
}

/** The most text of a table in a cell that still belongs to a table of data. */
const longestInner = 1000

/** A table that lays out a page has tables in its cells, but neither rows of cells nor heads. */
const isLayout = (rows: Rows): boolean => {
  const inner = rows.map((cells) => cells.flatMap(tablesIn))
  const nested = inner.filter((tables) => tables.length > 0).length
  if (nested === 0) return false
  const isData = rows.length > 1 && rows.some((cells) => cells.length > 1) &&
    (rows.some((cells) => cells.some(({ tagName }) => tagName === "th")) || nested * 2 <= rows.length)
  return !isData || inner.flat().some((table) => textOf(table).length > longestInner)
}

const tablesIn = (cell: Tree.Element): ReadonlyArray<Tree.Element> => {
  const tables: Array<Tree.Element> = []
  const pending: Array<Tree.Node> = []
  pushChildren(pending, cell)
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isTag(node) && node.tagName === "table") tables.push(node)
    else pushChildren(pending, node)
  }
  return tables
}

/**
 * A cell that spans several rows is repeated in each, so that every row can be read alone; a cell that spans several
 * columns appears once.
 */
const toGrid = (rows: Rows, render: Render): Array<Array<string>> => {
  const open = new Map<number, { text: string; left: number }>()
  return rows.map((cells) => {
    const row: Array<string> = []
    const takeOpen = () => {
      for (let above = open.get(row.length); above !== undefined; above = open.get(row.length)) {
        if (--above.left === 0) open.delete(row.length)
        render.repeats.left -= above.text.length + 1
        row.push(render.repeats.left > 0 ? above.text : "")
      }
    }
    for (const cell of cells) {
      takeOpen()
      const text = tidy(render.inline(cell)).replaceAll("\n", " ")
      const down = span(cell, "rowspan") - 1
      const across = row.length < maxSpannedColumns && render.repeats.left > 0 ? span(cell, "colspan") : 1
      for (let i = 0; i < across; i++) {
        const part = i === 0 ? text : ""
        if (down > 0) open.set(row.length, { text: part, left: down })
        if (i > 0) render.repeats.left--
        row.push(part)
      }
    }
    takeOpen()
    return row
  })
}

const span = (cell: Tree.Element, name: string): number => {
  const value = Number.parseInt(attribute(cell, name), 10)
  return value > 0 ? Math.min(value, 1000) : 1
}

/** Empty rows and columns are spacing. */
const dropEmpty = (grid: ReadonlyArray<ReadonlyArray<string>>): Array<Array<string>> => {
  const rows = grid.filter((row) => row.some((cell) => cell !== ""))
  const width = rows.reduce((max, row) => Math.max(max, row.length), 0)
  const used = Array.from({ length: width }, (_, column) => rows.some((row) => (row[column] ?? "") !== ""))
  return rows.map((row) => used.flatMap((isUsed, column) => isUsed ? [row[column] ?? ""] : []))
}
