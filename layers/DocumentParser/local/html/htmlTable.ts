/** An HTML table → a Markdown table, or plain blocks where it only lays out a page. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { attribute, type Block, isTag, pushChildren, tidy } from "./htmlTree.ts"
import { pipeTable } from "./pipeTable.ts"

const maxColumns = 200

interface Render {
  readonly blocks: (node: Tree.Element) => ReadonlyArray<Block>
  readonly inline: (node: Tree.Element) => string
}

export const renderTable = (table: Tree.Element, render: Render): ReadonlyArray<Block> => {
  const { captions, nested, rows } = readTable(table)
  const caption = captions.flatMap(render.blocks)
  if (nested) return [...caption, ...rows.flat().flatMap(render.blocks)]
  const grid = dropEmpty(toGrid(rows, render))
  const [first = []] = grid
  if (grid.length < 2 || first.length < 2) {
    const lines = grid.map((row) => row.filter((cell) => cell !== "").join(" "))
    return [...caption, ...lines.map((text) => ({ text, isList: false }))]
  }
  return [...caption, { text: pipeTable(grid), isList: false }]
}

const readTable = (table: Tree.Element) => {
  const rows: Array<Array<Tree.Element>> = []
  const captions: Array<Tree.Element> = []
  let nested = false
  const pending: Array<Tree.Node> = []
  pushChildren(pending, table)
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isTag(node)) continue
    if (node.tagName === "table") {
      nested = true
      continue
    }
    if (node.tagName === "caption") captions.push(node)
    else if (node.tagName === "tr") rows.push([])
    else if (node.tagName === "td" || node.tagName === "th") rows.at(-1)?.push(node)
    pushChildren(pending, node)
  }
  return { captions, nested, rows }
}

/**
 * A cell that spans several rows is repeated in each, so that every row can be read by itself; a cell that spans several
 * columns appears once.
 */
const toGrid = (rows: ReadonlyArray<ReadonlyArray<Tree.Element>>, render: Render): Array<Array<string>> => {
  const open = new Map<number, { text: string; left: number }>()
  return rows.map((cells) => {
    const row: Array<string> = []
    const takeOpen = () => {
      for (let above = open.get(row.length); above !== undefined; above = open.get(row.length)) {
        if (--above.left === 0) open.delete(row.length)
        row.push(above.text)
      }
    }
    for (const cell of cells) {
      takeOpen()
      if (row.length >= maxColumns) break
      const text = tidy(render.inline(cell)).replaceAll("\n", " ")
      const down = span(cell, "rowspan") - 1
      for (let i = 0; i < span(cell, "colspan") && row.length < maxColumns; i++) {
        const part = i === 0 ? text : ""
        if (down > 0) open.set(row.length, { text: part, left: down })
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
