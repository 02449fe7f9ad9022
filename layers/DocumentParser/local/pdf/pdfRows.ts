/** A page's runs → rows in reading order: baselines first, then columns. */
import { isRightToLeft, type Piece, type Row, type Run, toPiece } from "./pdfText.ts"

export const toRows = (runs: ReadonlyArray<Run>, width: number): ReadonlyArray<Row> => {
  const upright = withoutOverprint(runs.filter((run) => !run.isTurned))
  const lines = toBaselines(upright)
  const gutters = findGutters(lines, width)
  const rows = lines.map((line) => toPieces(line, gutters))
  const turned = runs.filter((run) => run.isTurned).map((run) => [toPiece([run])])
  return [...inReadingOrder(rows, gutters, width), ...turned]
}

/** Of the type size: text drawn again within this distance is the same text. */
const overprint = 0.1
/** How many runs are drawn between a text and its repetition. */
const nearby = 8
/** Of the type size: the distance of superscripts and subscripts from the baseline; of smaller ones, and of any. */
const baselineDrift = { small: 0.6, any: 0.45 }
const smallScript = 0.85
/** Of the page's width: a gutter is at least this far from either side. */
const margin = 0.15
/** Of the fullest strip of the page: at most this many lines cross a gutter, and at least this many are on each side. */
const mostCrossing = 0.35
const leastBeside = 0.4
/** In points. */
const leastGutter = 6
/** Fewer lines do not show where the columns are. */
const leastLines = 5
/** In type sizes: a wider gap separates two pieces. */
const pieceGap = 1
/** The same at a gutter. */
const gutterGap = 0.5
/** In type sizes: the distance of a list marker from its text. */
const markerGap = 5
/** Of the column's width: a line of prose that fills it. */
const fullLine = 0.6
/** In type sizes: the mean width of lines of prose. */
const proseWidth = 10

/** Some programs draw text twice, slightly offset, to make it bold, and divide it in two ways. */
const withoutOverprint = (runs: ReadonlyArray<Run>): ReadonlyArray<Run> =>
  runs.filter((run, i) =>
    !runs.slice(Math.max(0, i - nearby), i).some((before) =>
      before.text === run.text ? isAt(before, run) : covers(before, run)
    ) &&
    !runs.slice(i + 1, i + 1 + nearby).some((after) => covers(after, run))
  )

const isAt = (one: Run, { size, x0, y }: Run): boolean =>
  Math.abs(one.x0 - x0) < overprint * size && Math.abs(one.y - y) < overprint * size

/** The longer run has the text of the other in its place. */
const covers = (longer: Run, { size, text, x0, x1, y }: Run): boolean =>
  longer.text.length > text.length && Math.abs(longer.y - y) < overprint * size &&
  longer.x0 - overprint * size < x0 && x1 < longer.x1 + overprint * size && longer.text.includes(text)

/** Superscripts and subscripts stay with the line they belong to. */
const toBaselines = (runs: ReadonlyArray<Run>): ReadonlyArray<ReadonlyArray<Run>> => {
  const lines: Array<{ y: number; size: number; readonly runs: Array<Run> }> = []
  for (const run of runs.toSorted((a, b) => a.y - b.y)) {
    const line = lines.slice(-4).findLast((each) =>
      Math.abs(each.y - run.y) <= driftOf(each.size, run.size) * Math.max(each.size, run.size)
    )
    if (line === undefined) lines.push({ y: run.y, size: run.size, runs: [run] })
    else {
      line.runs.push(run)
      if (run.size > line.size) Object.assign(line, { y: run.y, size: run.size })
    }
  }
  return lines.toSorted((a, b) => a.y - b.y).map((line) => line.runs.toSorted((a, b) => a.x0 - b.x0))
}

const driftOf = (a: number, b: number): number =>
  Math.min(a, b) < smallScript * Math.max(a, b) ? baselineDrift.small : baselineDrift.any

/** Vertical strips that hardly any line crosses, with text on both sides: the centres of column gaps. */
const findGutters = (lines: ReadonlyArray<ReadonlyArray<Run>>, width: number): ReadonlyArray<number> => {
  const bins = Math.max(1, Math.ceil(width))
  const covered = new Uint32Array(bins)
  const seenIn = new Int32Array(bins).fill(-1)
  lines.forEach((line, at) => {
    for (const run of line) {
      const end = Math.min(bins, Math.ceil(run.x1))
      for (let x = Math.max(0, Math.floor(run.x0)); x < end; x++) {
        if (seenIn[x] === at) continue
        seenIn[x] = at
        covered[x] = (covered[x] ?? 0) + 1
      }
    }
  })
  const peak = Math.max(...covered)
  const most = (from: number, to: number) => Math.max(0, ...covered.slice(from, to))
  const gutters: Array<number> = []
  let start = -1
  for (let x = Math.floor(bins * margin); x <= bins * (1 - margin); x++) {
    const isLow = (covered[x] ?? 0) <= peak * mostCrossing
    if (isLow && start < 0) start = x
    if (!isLow && start >= 0) {
      if (x - start >= leastGutter && most(0, start) >= peak * leastBeside && most(x, bins) >= peak * leastBeside) {
        gutters.push((start + x) / 2)
      }
      start = -1
    }
  }
  return peak < leastLines ? [] : gutters
}

const marker =
  /^(?:[•●○▪■□◦‣∙·➢✓\uf0b7\uf0a7–-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]|[A-Z]\)|[1-9]\d?(?:\.\d{1,2}){1,3}\.?)$/

/** A wide gap or a gutter separates the pieces of a row; a list marker stays with its text. */
const toPieces = (line: ReadonlyArray<Run>, gutters: ReadonlyArray<number>): Row => {
  const groups: Array<Array<Run>> = []
  let before: Run | undefined
  for (const run of line) {
    const gap = before === undefined ? 0 : run.x0 - before.x1
    const size = Math.max(run.size, before?.size ?? 0)
    const crossed = gutters.some((x) => before !== undefined && before.x1 <= x + 1 && run.x0 >= x - 1)
    const last = groups.at(-1)
    const isMarked = last !== undefined && groups.length === 1 && marker.test(
      last.map((each) => each.text).join("").trim()
    ) && gap < markerGap * size
    if (last === undefined || (!isMarked && (gap > pieceGap * size || (crossed && gap > gutterGap * size)))) {
      groups.push([run])
    } else last.push(run)
    if (before === undefined || run.x1 > before.x1) before = run
  }
  return groups.map(toPiece).filter((piece) => piece.text !== "")
}

/** Rows that cross no gutter form a band of columns, read column by column; other rows separate the bands. */
const inReadingOrder = (
  rows: ReadonlyArray<Row>,
  gutters: ReadonlyArray<number>,
  width: number
): ReadonlyArray<Row> => {
  const out: Array<Row> = []
  let band: Array<Row> = []
  const flush = () => {
    out.push(...readBand(band, gutters, width))
    band = []
  }
  for (const row of rows) {
    const crosses = row.some((piece) => gutters.some((x) => piece.x0 < x - 2 && piece.x1 > x + 2))
    if (!crosses) band.push(row)
    else {
      flush()
      out.push(row)
    }
  }
  flush()
  return out.filter((row) => row.length > 0)
}

const readBand = (band: ReadonlyArray<Row>, gutters: ReadonlyArray<number>, width: number): ReadonlyArray<Row> => {
  if (gutters.length === 0 || band.length < 3) return band
  const edges = [0, ...gutters, width]
  const columns = edges.slice(1).map((right, i) => {
    const left = edges[i] ?? 0
    const inside = (piece: Piece) => (piece.x0 + piece.x1) / 2 >= left && (piece.x0 + piece.x1) / 2 < right
    return band.map((row) => row.filter(inside)).filter((row) => row.length > 0)
  })
  const filled = columns.filter((column) => column.length > 0)
  if (filled.length < 2 || !((filled.every(isProse) && !isGrid(band, filled)) || holdsLongProse(filled))) return band
  const backwards = isRightToLeft(band.flat().map((piece) => piece.text).join(""))
  return (backwards ? filled.toReversed() : filled).flat()
}

/** A column of prose next to one with a table: both are long, unlike terms next to their definitions. */
const holdsLongProse = (columns: ReadonlyArray<ReadonlyArray<Row>>): boolean => {
  const longest = Math.max(...columns.map((column) => column.length))
  return columns.some((column) => column.length >= 15 && isProse(column) && flows(column)) &&
    columns.every((column) => column.length >= 0.5 * longest)
}

/** Of lines of prose: so many begin in the middle of a sentence. Scripts without small letters give no sign. */
const leastFlow = 0.2

const flows = (column: ReadonlyArray<Row>): boolean => {
  const begin = column.flat().map((piece) => piece.text)
  const cased = begin.filter((text) => /^["'(“]?[\p{Lu}\p{Ll}]/u.test(text))
  const small = begin.filter((text) => /^["'(“]?\p{Ll}/u.test(text))
  const numbered = begin.filter((text) => /^\d/.test(text))
  return cased.length * 2 < begin.length ? numbered.length * 2 < begin.length : small.length >= leastFlow * begin.length
}

/** In type sizes: rows of a table are further apart than lines of text. */
const gridStep = 1.6

/** A table of long cells: all begin like a cell, on shared lines, under a bold head or further apart than text. */
export const isGrid = (band: ReadonlyArray<Row>, columns: ReadonlyArray<ReadonlyArray<Row>>): boolean => {
  if (columns.some(flows) || band.filter((row) => row.length >= columns.length).length < 0.9 * band.length) return false
  const isBold = (row: Row | undefined) => row?.every((piece) => piece.runs.every((run) => run.bold)) === true
  const steps = band.slice(1).map((row, i) => ((row[0]?.y ?? 0) - (band[i]?.[0]?.y ?? 0)) / (row[0]?.size ?? 1))
  const isWide = steps.filter((step) => step >= gridStep).length * 2 > steps.length
  return isWide || (isBold(band[0]) && !isBold(band[1]))
}

/** Prose fills its column, line by line; the cells of a table do not. */
export const isProse = (column: ReadonlyArray<Row>): boolean => {
  const pieces = column.flat()
  const left = Math.min(...pieces.map((piece) => piece.x0))
  const right = Math.max(...pieces.map((piece) => piece.x1))
  const full = pieces.filter((piece) => piece.x1 - piece.x0 > fullLine * (right - left))
  const ems = pieces.reduce((sum, piece) => sum + (piece.x1 - piece.x0) / piece.size, 0) / pieces.length
  return column.length >= 2 && full.length * 2 >= pieces.length && ems >= proseWidth
}
