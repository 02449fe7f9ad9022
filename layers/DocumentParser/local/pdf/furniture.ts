/**
 * Running headers, footers and page numbers: the same line at the same place on several pages, but for a page number. Lines
 * with other numbers that differ are data, and so are rows of a table that happen to be at a page's edge.
 */
import { isPageNumber, type PageNumber, pageNumberIn } from "../../../../src/domain/pageNumbers.ts"
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

/** A larger number is not a page's; a page's own number may be behind by its cover, or ahead by the chapters before. */
const mostPages = 2000
const ahead = { least: -5, most: 60 }
/** Of the usual step between lines: a line this far from the text is not part of it. */
const isolatedStep = 1.6

interface Seen {
  readonly page: number
  readonly number: LineNumber | undefined
  readonly isIsolated: boolean
}

interface LineNumber extends PageNumber {
  /** Only its place says that it is a page number. */
  readonly isApart: boolean
}

export type IsFurniture = (page: Page, index: number, row: Row) => boolean

export const findFurniture = (pages: ReadonlyArray<Page>): IsFurniture => {
  const seen = new Map<string, Array<Seen>>()
  pages.forEach((page, i) => {
    page.rows.forEach((row, at) => {
      if (!isAtEdge(page, row) || isInTable(page.rows, at)) return
      const key = keyOf(page, row)
      const all = seen.get(key) ?? []
      all.push({ page: i, number: numberIn(row), isIsolated: isIsolated(page.rows, at) })
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

/** The pages on which the line is the same, or has a number that counts the pages. */
const runningOf = (all: ReadonlyArray<Seen>): ReadonlySet<number> => {
  const groups = new Map<string, Set<number>>()
  const add = (kind: string, page: number) => groups.set(kind, (groups.get(kind) ?? new Set()).add(page))
  for (
    const { isIsolated: isAlone, number: { isApart, number } = { isApart: false, number: undefined }, page } of all
  ) {
    add(`=${number}`, page)
    if (number === undefined || number > mostPages) continue
    const offset = number - page
    if (offset >= ahead.least && offset <= ahead.most) add(`+${offset}`, page)
    // Where pages are missing, the numbers of the others only grow.
    if (isAlone && offset >= 0 && !isApart) add("~", page)
  }
  const growing = all.every(({ number }, i) => i === 0 || (number?.number ?? 0) > (all[i - 1]?.number?.number ?? 0))
  const enough = [...groups].flatMap(([kind, on]) => kind === "~" && !growing ? [] : [on])
  return enough.reduce((most, on) => on.size > most.size ? on : most, new Set<number>())
}

const isIsolated = (rows: ReadonlyArray<Row>, at: number): boolean => {
  const y = (row: Row | undefined) => row?.[0]?.y
  const steps = rows.slice(1)
    .map((row, i) => (y(row) ?? 0) - (y(rows[i]) ?? 0))
    .filter((step) => step > 0)
    .sort((a, b) => a - b)
  const usual = steps[Math.floor(steps.length / 2)] ?? 0
  const own = y(rows[at]) ?? 0
  return [rows[at - 1], rows[at + 1]].every((row) => {
    const other = y(row)
    return other === undefined || Math.abs(own - other) === 0 || Math.abs(own - other) > isolatedStep * usual
  })
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

const numberIn = (row: Row): LineNumber | undefined => {
  const named = pageNumberIn(textOf(row))
  if (named !== undefined) return { ...named, isApart: false }
  const [first, last] = [row[0], row.at(-1)]
  for (const [piece, others] of [[first, row.slice(1)], [last, row.slice(0, -1)]] as const) {
    const words = textOf(others)
    if (piece === undefined || !/^\d{1,4}$/.test(piece.text.trim()) || asksForNumber.test(words)) continue
    return { number: Number(piece.text), rest: `${words} #`, isApart: true }
  }
  return undefined
}

/** What stands beside a number that is data: `Claim no.` */
const asksForNumber = /(?:[:#\u00ba\u00b0\u2116]|\b(?:no|nr|num|number|nummer|n[u\u00fa]mero|num[\u00e9e]ro)\b\.?)\s*$/i

const keyOf = (page: Page, row: Row): string =>
  `${Math.round((row[0]?.y ?? 0) / samePlace)}/${Math.round(page.height)} ${numberIn(row)?.rest ?? textOf(row)}`
