/**
 * Running headers, footers and page numbers: the same words at the same place on several pages, with the same numbers or
 * with one that counts the pages. Rows of a table that happen to be at a page's edge are data.
 */
import type { Page, Piece, Row } from "./pdfText.ts"

/** Of the page's height, at the top and at the bottom: where running headers and footers are. */
const edge = 0.12
/** The number of pages on which a page number counts as repeated; other lines need more. */
const repeatedNumbers = 2
const repeatedLines = 3
/** In points: how exactly the lines are at the same place. */
const samePlace = 4
/** In type sizes: rows of one table are this close. */
const tableStep = 2.5
/** Of the type size: how exactly cells of one column are aligned. */
const aligned = 0.5

interface Seen {
  readonly page: number
  readonly numbers: ReadonlyArray<number>
}

export type IsFurniture = (page: Page, index: number, row: Row) => boolean

export const findFurniture = (pages: ReadonlyArray<Page>): IsFurniture => {
  const seen = new Map<string, Array<Seen>>()
  pages.forEach((page, i) => {
    page.rows.forEach((row, at) => {
      if (!isAtEdge(page, row) || isInTable(page.rows, at)) return
      const key = keyOf(page, row)
      const all = seen.get(key) ?? []
      all.push({ page: i, numbers: numbersOf(row) })
      seen.set(key, all)
    })
  })
  const repeated = new Map([...seen].map(([key, all]) => [key, runningOf(all)]))
  return (page, index, row) => {
    if (!isAtEdge(page, row)) return false
    const on = repeated.get(keyOf(page, row)) ?? new Set()
    if (!on.has(index)) return false
    if (isPageNumber(textOf(row))) return on.size >= repeatedNumbers
    return on.size >= repeatedLines && Math.min(...on) !== index
  }
}

/** The pages on which the line has the numbers of a running line: constant, or counting with the pages. */
const runningOf = (all: ReadonlyArray<Seen>): ReadonlySet<number> => {
  const groups = new Map<string, Set<number>>()
  for (const { numbers, page } of all) {
    // A number that counts pages has a constant distance from the page's own; which one it is, is not known.
    const kinds = new Set([
      numbers.join(),
      ...numbers.map((number, i) => numbers.map((each, j) => i === j ? `+${number - page}` : each).join())
    ])
    for (const kind of kinds) groups.set(kind, (groups.get(kind) ?? new Set()).add(page))
  }
  const enough = [...groups.values()].filter((group) => group.size >= repeatedNumbers)
  return enough.reduce((most, group) => group.size > most.size ? group : most, new Set<number>())
}

const isAtEdge = (page: Page, row: Row): boolean =>
  row.some((piece) => piece.isTurned !== true && (piece.y < page.height * edge || piece.y > page.height * (1 - edge)))

/** Several cells, right above or below others of the same columns. */
const isInTable = (rows: ReadonlyArray<Row>, at: number): boolean => {
  const row = rows[at] ?? []
  return row.length > 1 && [rows[at - 1], rows[at + 1]].some((other) => {
    const [first] = row
    const [near] = other ?? []
    if (first === undefined || near === undefined || other === undefined) return false
    const isNear = Math.abs(first.y - near.y) < tableStep * Math.max(first.size, near.size)
    return isNear && other.length === row.length && row.every((piece, i) => isAligned(piece, other[i]))
  })
}

const isAligned = (piece: Piece, other: Piece | undefined): boolean =>
  other !== undefined &&
  [piece.x0 - other.x0, piece.x1 - other.x1, (piece.x0 + piece.x1 - other.x0 - other.x1) / 2].some((distance) =>
    Math.abs(distance) < aligned * piece.size
  )

const textOf = (row: Row): string => row.map((piece: Piece) => piece.text).join(" ")

const numbersOf = (row: Row): ReadonlyArray<number> => (textOf(row).match(/\d+/g) ?? []).map(Number)

const keyOf = (page: Page, row: Row): string =>
  `${Math.round((row[0]?.y ?? 0) / samePlace)}/${Math.round(page.height)} ${textOf(row).replaceAll(/\d+/g, "#")}`

const isPageNumber = (text: string): boolean =>
  text.length <= 100 &&
  /^\W*(?:page|seite|página|pagina|p\.)?\s*(?:\d{1,5}|[ivxlc]{1,6})(?:\s*(?:of|von|de|\/)\s*\d{1,5})?\W*$/i.test(text)
