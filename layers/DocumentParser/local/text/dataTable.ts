/**
 * Rows of data as a Markdown table, whose head is repeated in each of its chunks. Rows that are too wide for that become lists
 * in which each value has the name of its column.
 */
import { pipeTable } from "../html/pipeTable.ts"

/** The chunkers repeat a head of about a hundred tokens. */
const longestHead = 250

export const dataTable = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0)
  const named = hasHead(rows) ? rows[0] ?? [] : []
  const head = Array.from({ length: width }, (_, column) => named[column] || `column ${column + 1}`)
  const body = named.length === 0 ? rows : rows.slice(1)
  const widest = Math.max(head.join().length, ...body.slice(0, 1000).map((row) => row.join().length / 2))
  return widest <= longestHead
    ? pipeTable([head, ...body.map((row) => Array.from({ length: width }, (_, column) => row[column] ?? ""))])
    : body.map((row) => record(head, row)).join("\n\n")
}

const record = (head: ReadonlyArray<string>, row: ReadonlyArray<string>): string =>
  row.flatMap((cell, column) => cell === "" ? [] : [`- ${head[column]}: ${cell}`]).join("\n")

/** A first row with numbers in it is data; years may be names of columns. */
const hasHead = ([first = []]: ReadonlyArray<ReadonlyArray<string>>): boolean =>
  !first.some((cell) => /^[-+]?[\d.,]*\d$/.test(cell) && !/^(?:19|20)\d\d$/.test(cell))
