/** The cells of a sheet, and their blocks as tables. Only cells that exist take space, wherever they say they are. */
import { attributeOf, childOf, childrenOf, type XmlElement } from "../office/xml.ts"
import { dataTable } from "../text/dataTable.ts"
import { guard } from "../threads/guard.ts"
import type { CellFormats } from "./cellFormats.ts"
import { stringOf } from "./stringOf.ts"

interface Row {
  readonly number: number
  /** By column, from 1. */
  readonly cells: Map<number, string>
}

export const readSheet = (
  sheet: XmlElement,
  strings: ReadonlyArray<string>,
  formats: CellFormats
): ReadonlyArray<Row> => {
  let number = 0
  const rows = childrenOf(childOf(sheet, "sheetData"), "row").map((row) => {
    number = Number(attributeOf(row, "r") ?? number + 1)
    let column = 0
    const cells = new Map<number, string>()
    for (const cell of childrenOf(row, "c")) {
      column = columnOf(attributeOf(cell, "r")) ?? column + 1
      const text = textOf(cell, strings, formats).replaceAll(/\s+/g, " ").trim()
      if (text !== "") cells.set(column, text)
    }
    return { number, cells }
  })
  repeatMerged(sheet, rows)
  return rows.filter(({ cells }) => cells.size > 0)
}

const textOf = (cell: XmlElement, strings: ReadonlyArray<string>, formats: CellFormats): string => {
  const value = childOf(cell, "v")?.text ?? ""
  switch (attributeOf(cell, "t")) {
    case "s":
      return strings[Number(value)] ?? ""
    case "inlineStr":
      return childrenOf(cell, "is").map(stringOf).join("")
    case "b":
      return value === "1" ? "TRUE" : "FALSE"
    case "str":
    case "e":
    case "d":
      return value
    default: {
      const number = Number(value)
      return value === "" || !Number.isFinite(number) ? value : formats(number, Number(attributeOf(cell, "s") ?? "0"))
    }
  }
}

const columnOf = (reference: string | undefined): number | undefined => {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? "")?.[0]
  return letters === undefined
    ? undefined
    : [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
}

/** The most rows in which a merged cell is repeated. */
const mostRepeated = 1_000

/** A cell that was merged over rows says the same in each of them. */
const repeatMerged = (sheet: XmlElement, rows: ReadonlyArray<Row>): void => {
  const merged = childrenOf(childOf(sheet, "mergeCells"), "mergeCell").slice(0, mostRepeated)
  const byNumber = new Map(rows.map((row) => [row.number, row]))
  for (const each of merged) {
    const [from, to = from] = (attributeOf(each, "ref") ?? "").split(":")
    const column = columnOf(from)
    const first = Number(/\d+/.exec(from ?? "")?.[0])
    const last = Math.min(Number(/\d+/.exec(to ?? "")?.[0]), first + mostRepeated)
    const text = column === undefined ? undefined : byNumber.get(first)?.cells.get(column)
    if (text === undefined || column === undefined) continue
    for (let row = first + 1; row <= last; row++) byNumber.get(row)?.cells.set(column, text)
  }
}

/** Rows without an empty row between them are a block. */
export const sheetToMarkdown = (rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const blocks: Array<Array<Row>> = []
  for (const row of rows) {
    const block = blocks.at(-1)
    if (block !== undefined && row.number - (block.at(-1)?.number ?? 0) <= 1) block.push(row)
    else blocks.push([row])
  }
  return blocks.map(blockToMarkdown)
}

/** Cells that are scattered over a large area are not a table. */
const emptyPerCell = 20
const smallArea = 10_000

const blockToMarkdown = (rows: ReadonlyArray<Row>): string => {
  const titles = rows.findIndex(({ cells }) => cells.size > 1)
  const above = (titles === -1 ? rows : rows.slice(0, titles)).map(({ cells }) => guard([...cells.values()].join(" ")))
  const table = titles === -1 ? [] : rows.slice(titles)
  const columns = [...new Set(table.flatMap(({ cells }) => [...cells.keys()]))].sort((a, b) => a - b)
  const filled = table.reduce((sum, { cells }) => sum + cells.size, 0)
  const isScattered = table.length * columns.length > filled * emptyPerCell + smallArea
  const below = isScattered
    ? table.map(({ cells }) => [...cells.values()].join(" | "))
    : table.length < 2
    ? table.map(({ cells }) => guard([...cells.values()].join(" ")))
    : [dataTable(table.map(({ cells }) => columns.map((column) => cells.get(column) ?? "")))]
  return [...above, ...below].join("\n\n")
}
