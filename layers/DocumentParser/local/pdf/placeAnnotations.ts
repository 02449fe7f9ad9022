/** The text of form fields and annotations as runs: on the base line of the label beside it, and next to it. */
import { type Frame, place } from "./pdfium/Frame.ts"
import type { AnnotationText } from "./pdfium/readAnnotations.ts"
import type { Run } from "./pdfText.ts"

export const placeAnnotations = (
  annotations: ReadonlyArray<AnnotationText>,
  frame: Frame,
  beside: ReadonlyArray<Run>
): ReadonlyArray<Run> => {
  const size = usualSize(beside)
  const upright = beside.filter((run) => !run.isTurned)
  const placed = annotations.map((each) => annotationRuns(each, frame, size, upright))
  const starts = placed.flatMap((runs) => runs.slice(0, 1))
  return placed.flatMap((runs) => toLabel(runs, upright, starts, size))
}

/** Paragraphs of their own, for comments. */
export const below = (texts: ReadonlyArray<string>): ReadonlyArray<Run> =>
  texts.map((text, i) => ({
    text,
    x0: 0,
    x1: text.length * letterWidth * usualText,
    y: (i + 1) * 2 * lineStep * usualText,
    size: usualText,
    bold: false,
    italic: false,
    mono: false,
    afterSpace: true,
    isTurned: false
  }))

/** In points. */
const usualText = 10

const usualSize = (runs: ReadonlyArray<Run>): number => {
  const sizes = runs.map((run) => run.size).sort((a, b) => a - b)
  return sizes[Math.floor(sizes.length / 2)] ?? usualText
}

/** In type sizes: the height of a field of several lines, the width of a letter, and a line's distance from the next. */
const severalLines = 2.4
const letterWidth = 0.5
const lineStep = 1.2

const annotationRuns = (
  { box, text }: AnnotationText,
  frame: Frame,
  size: number,
  beside: ReadonlyArray<Run>
): ReadonlyArray<Run> => {
  const { x0, x1, y0, y1 } = place(frame, box)
  const isTall = y1 - y0 > severalLines * size
  const middle = isTall ? y0 + lineStep * size : (y0 + y1) / 2 + 0.35 * size
  const label = beside
    .filter((run) => run.y > y0 && run.y <= (isTall ? y0 + severalLines * size : y1 + 0.2 * size))
    .reduce<Run | undefined>(
      (best, run) => best === undefined || Math.abs(run.y - middle) < Math.abs(best.y - middle) ? run : best,
      undefined
    )
  const start = label?.y ?? middle
  return text.split("\n").filter((line) => line.trim() !== "").map((line, i) => ({
    text: line.trim(),
    x0,
    x1: Math.max(x0 + 1, Math.min(x1, x0 + line.length * letterWidth * size)),
    y: start + i * lineStep * size,
    size,
    bold: false,
    italic: false,
    mono: false,
    afterSpace: true,
    isTurned: false
  }))
}

/** In type sizes: a label is not further to the left of its field. */
const widestGap = 25
const space = 0.3

/** A field far to the right of its label moves beside it, unless it is one of several in a row. */
const toLabel = (
  runs: ReadonlyArray<Run>,
  labels: ReadonlyArray<Run>,
  fields: ReadonlyArray<Run>,
  size: number
): ReadonlyArray<Run> => {
  const [first] = runs
  if (first === undefined) return runs
  const inRow = (run: Run) => run !== first && Math.abs(run.y - first.y) < 0.5 * size
  const row = labels.filter(inRow)
  const label = row.filter((run) => run.x1 <= first.x0).reduce<Run | undefined>(
    (best, run) => best === undefined || run.x1 > best.x1 ? run : best,
    undefined
  )
  const after = Math.min(Infinity, ...row.filter((run) => run.x0 >= first.x1).map((run) => run.x0))
  const hasNeighbour = fields.filter(inRow).some((field) => field.x0 >= (label?.x1 ?? 0) && field.x0 < after)
  if (label === undefined || hasNeighbour) return runs
  const distance = first.x0 - label.x1 - space * size
  if (distance <= 0 || distance > widestGap * size || distance > after - first.x1) return runs
  return runs.map((run) => ({ ...run, x0: run.x0 - distance, x1: run.x1 - distance }))
}
