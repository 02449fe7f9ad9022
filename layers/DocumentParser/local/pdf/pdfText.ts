/** Text on a PDF page, from single runs to rows, in points from the page's top left corner. */

/** Text drawn in one operation, in one font. */
export interface Run {
  readonly text: string
  readonly x0: number
  readonly x1: number
  /** The base line. */
  readonly y: number
  readonly size: number
  readonly bold: boolean
  readonly italic: boolean
  readonly mono: boolean
  readonly afterSpace: boolean
  /** Rotated, such as a stamp in the margin or an axis label. */
  readonly isTurned: boolean
  /** Some of its glyphs stand for letters that are not known. */
  readonly isPartial?: boolean
}

/** Runs on one baseline without a wide gap, in reading order. */
export interface Piece {
  readonly runs: ReadonlyArray<Run>
  readonly text: string
  readonly x0: number
  readonly x1: number
  readonly y: number
  /** Of most of its letters. */
  readonly size: number
  /** It does not read from left to right on the page; its coordinates are those of the page turned. */
  readonly isTurned?: boolean
}

/** All pieces on one baseline, from left to right; several if the line has wide gaps. */
export type Row = ReadonlyArray<Piece>

export interface Page {
  readonly width: number
  readonly height: number
  /** In reading order, columns one after the other. */
  readonly rows: ReadonlyArray<Row>
  /** It may have text but was not read. */
  readonly isUnread?: boolean
}

/** Typical values in this document. */
export interface Style {
  readonly size: number
  /** Most of the text is bold, so bold is not a sign of a heading. */
  readonly isBold: boolean
  /** Heading sizes, largest first; each is the smallest size of its level. */
  readonly headingSizes: ReadonlyArray<number>
  /** Words that are written with a hyphen inside a line. */
  readonly hyphenated: ReadonlySet<string>
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/g
const leftToRight = /[A-Za-z\u00c0-\u024f\u0370-\u052f]/g

export const isRightToLeft = (text: string): boolean =>
  (text.match(rightToLeft)?.length ?? 0) > (text.match(leftToRight)?.length ?? 0)

/** Adjacent runs → a piece, with spaces where the page shows them. */
export const toPiece = (sideBySide: ReadonlyArray<Run>): Piece => {
  const backwards = isRightToLeft(sideBySide.map((run) => run.text).join(""))
  const runs = backwards ? toLogicalOrder(sideBySide) : sideBySide
  let text = ""
  runs.forEach((run, i) => {
    text += (i > 0 ? between(runs[i - 1], run) : "") + run.text
  })
  const sizes = new Map<number, number>()
  for (const run of runs) sizes.set(run.size, (sizes.get(run.size) ?? 0) + run.text.length)
  const [size, y] = runs.reduce(
    (best, run) => (sizes.get(run.size) ?? 0) > (sizes.get(best[0]) ?? 0) ? [run.size, run.y] : best,
    [runs[0]?.size ?? 0, runs[0]?.y ?? 0]
  )
  return {
    runs,
    text: text.trim(),
    x0: Math.min(...runs.map((run) => run.x0)),
    x1: Math.max(...runs.map((run) => run.x1)),
    y,
    size
  }
}

/** Of the type size: a smaller run this far above the base line is an exponent or the mark of a note. */
const raised = { smaller: 0.85, above: 0.15 }

/** What the page shows between two runs: nothing, a space, or that a number is raised and does not continue the one before. */
export const between = (before: Run | undefined, run: Run): "" | " " | "^" => {
  if (isSpaced(before, run)) return " "
  const isRaised = before !== undefined && run.size < raised.smaller * before.size &&
    run.y < before.y - raised.above * before.size
  return isRaised && /\d$/.test(before.text) && /^[-\u2212\u2013+]?\d/.test(run.text) ? "^" : ""
}

/** In either direction of reading. */
const isSpaced = (before: Run | undefined, run: Run): boolean => {
  if (before === undefined || before.text.endsWith(" ") || run.text.startsWith(" ")) return false
  if (Math.abs(run.y - before.y) > 0.1 * run.size && run.x0 < before.x1 - 0.5 * run.size && run.x1 > before.x0) {
    return true
  }
  // Where the writing direction changes, the space is part of a run and missing from its text.
  if (
    /\p{L}$/u.test(before.text) && /^\p{L}/u.test(run.text) && isRightToLeft(before.text) !== isRightToLeft(run.text)
  ) {
    return true
  }
  const gap = Math.max(run.x0 - before.x1, before.x0 - run.x1)
  return run.afterSpace ? gap > -0.1 * run.size : gap > 0.2 * Math.max(run.size, before.size)
}

/** From the right, but left-to-right words and numbers keep their order. */
const toLogicalOrder = (runs: ReadonlyArray<Run>): ReadonlyArray<Run> => {
  const out: Array<Run> = []
  let forward: Array<Run> = []
  for (const run of runs.toReversed()) {
    if (isRightToLeft(run.text)) {
      out.push(...forward, run)
      forward = []
    } else forward.unshift(run)
  }
  return [...out, ...forward]
}
