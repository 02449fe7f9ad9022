/** Rows whose pieces align in the same columns → the cells of a table. */
import { isGrid, isProse } from "./pdfRows.ts"
import type { Piece, Row } from "./pdfText.ts"

export interface Table {
  /** None if the columns are prose: they are read one after the other. */
  readonly cells: ReadonlyArray<ReadonlyArray<string>>
  readonly columns: ReadonlyArray<Column>
  readonly prose: ReadonlyArray<Row>
  /** The first row after it. */
  readonly end: number
}

/** In type sizes, from baseline to baseline: a larger step ends the table. */
const widestStep = 3.5
/** Of the table's width: a single piece this wide is the text after the table. */
const textWidth = 0.6
/** A piece that begins further inside the table continues a cell, however wide it is. */
const insideTable = 0.25
/** Of the most pieces in a row: rows with at least this share show the columns. */
const fullRow = 0.7
/** In type sizes: a row this close to the one above continues its cells. */
const nextLineStep = 1.45

export const takeTable = (rows: ReadonlyArray<Row>, start: number): Table | undefined => {
  if ((rows[start]?.length ?? 0) < 2) return undefined
  const wideEnd = findEnd(rows, start)
  const columns = findColumns(rows.slice(start, wideEnd))
  const end = withLastLines(rows, wideEnd, columns)
  const block = rows.slice(start, end)
  const wide = block.filter((row) => row.length > 1)
  if (wide.length < 2 || columns.length < 2 || (columns.length === 2 && wide.length < 3)) return undefined
  const prose = columns.map((_, i) =>
    block.map((row) => row.filter((piece) => nearest(columns, piece) === i)).filter((row) => row.length > 0)
  )
  if (prose.every(isProse) && !isGrid(block, prose)) return { cells: [], columns, prose: prose.flat(), end }
  const beside = prose.findIndex((column) => flowsBeside(column, wide))
  // A block beside flowing text is a box of its own. The text comes last: it may continue below.
  if (beside >= 0) {
    const text = prose[beside] ?? []
    return { cells: [], columns, prose: [...prose.filter((column) => column !== text).flat(), ...text], end }
  }
  return { cells: toCells(block, columns), columns, prose: [], end }
}

/** Of the rows with several pieces: so many of the column's lines are in the middle of a sentence. */
const flowing = 0.4
/** Of the column's width, and of its lines: so many fill it. */
const filled = { width: 0.8, lines: 0.7 }

/** Cells begin with a capital or a number, or with any letter but at different lengths; lines of prose do neither. */
const flowsBeside = (column: ReadonlyArray<Row>, wide: ReadonlyArray<Row>): boolean => {
  if (!isProse(column)) return false
  const pieces = new Set(column.flat())
  const beside = wide.flatMap((row) => row.filter((piece) => pieces.has(piece)))
  const inside = beside.filter((piece) => /^\p{Ll}/u.test(piece.text))
  const left = Math.min(...beside.map((piece) => piece.x0))
  const right = Math.max(...beside.map((piece) => piece.x1))
  const full = beside.filter((piece) => piece.x1 - piece.x0 > filled.width * (right - left))
  return inside.length >= flowing * beside.length && full.length >= filled.lines * beside.length
}

/** The last cell's further lines: below it, in a column that is not the first. */
const withLastLines = (rows: ReadonlyArray<Row>, end: number, columns: ReadonlyArray<Column>): number => {
  let at = end
  for (; at < rows.length; at++) {
    const row = rows[at] ?? []
    const [piece] = row
    const [before] = rows[at - 1] ?? []
    if (piece === undefined || before === undefined || row.length > 1) break
    const gap = piece.y - before.y
    const isClose = gap > 0 && gap < nextLineStep * piece.size && Math.abs(piece.size - before.size) < 0.1 * piece.size
    const isBelow = columns.some((column, i) =>
      i > 0 && Math.abs(column.x0 - piece.x0) < 0.5 * piece.size && piece.x1 < (columns[i + 1]?.x0 ?? Infinity)
    )
    if (!isClose || !isBelow) break
  }
  return at
}

/** A row with one piece belongs to the table only if a row with several follows soon: it is then a cell's second line. */
const findEnd = (rows: ReadonlyArray<Row>, start: number): number => {
  let end = start + 1
  const span = spanUpTo(rows, start)
  for (let at = start + 1; at < rows.length && at - end < 3; at++) {
    const row = rows[at] ?? []
    const [first] = row
    const before = rows[at - 1]?.[0]
    if (first === undefined || before === undefined) break
    const gap = first.y - before.y
    if (gap < 0 || gap > widestStep * Math.max(first.size, before.size)) break
    const [left, right] = span(end)
    const isText = first.x1 - first.x0 > textWidth * (right - left) && first.x0 < left + insideTable * (right - left)
    if (row.length === 1 && isText) break
    if (row.length > 1) end = at + 1
  }
  return end
}

/** The rows from `start`, up to an end that only moves forward, so each row is visited once. */
const spanUpTo = (rows: ReadonlyArray<Row>, start: number) => {
  let seen = start
  let left = Infinity
  let right = -Infinity
  return (end: number): readonly [number, number] => {
    for (; seen < end; seen++) {
      for (const piece of rows[seen] ?? []) {
        left = Math.min(left, piece.x0)
        right = Math.max(right, piece.x1)
      }
    }
    return [left, right]
  }
}

export interface Column {
  readonly x0: number
  readonly x1: number
}

/** From the rows with most pieces, because a header that spans columns would merge them. */
const findColumns = (rows: ReadonlyArray<Row>): ReadonlyArray<Column> => {
  const most = Math.max(...rows.map((row) => row.length))
  const pieces = rows.filter((row) => row.length >= Math.max(2, most * fullRow)).flat().toSorted((a, b) => a.x0 - b.x0)
  const columns: Array<{ x0: number; x1: number }> = []
  for (const piece of pieces) {
    const last = columns.at(-1)
    if (last !== undefined && piece.x0 < last.x1) last.x1 = Math.max(last.x1, piece.x1)
    else columns.push({ x0: piece.x0, x1: piece.x1 })
  }
  return columns
}

const toCells = (rows: ReadonlyArray<Row>, columns: ReadonlyArray<Column>): ReadonlyArray<ReadonlyArray<string>> => {
  const out: Array<Array<string>> = []
  let before: Row | undefined
  for (const row of rows) {
    const cells = columns.map(() => "")
    for (const piece of row) {
      const column = nearest(columns, piece)
      cells[column] = `${cells[column] ?? ""} ${piece.text}`.trim()
    }
    const above = out.at(-1)
    const isClose = (row[0]?.y ?? 0) - (before?.[0]?.y ?? 0) < nextLineStep * (row[0]?.size ?? 0)
    if (above !== undefined && cells[0] === "" && isClose && row.length < columns.length) {
      cells.forEach((cell, i) => {
        above[i] = `${above[i] ?? ""} ${cell}`.trim()
      })
    } else out.push(cells)
    before = row
  }
  return out
}

const nearest = (columns: ReadonlyArray<Column>, piece: Piece): number => {
  let best = 0
  let most = Number.NEGATIVE_INFINITY
  columns.forEach((column, i) => {
    const shared = Math.min(column.x1, piece.x1) - Math.max(column.x0, piece.x0)
    if (shared > most) {
      most = shared
      best = i
    }
  })
  return best
}
