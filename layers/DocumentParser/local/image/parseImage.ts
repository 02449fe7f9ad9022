/** A picture of a letter → Markdown, by OCR, whichever way up it is. */
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"
import { ParseFailure } from "../ParseFailure.ts"
import { toRows } from "../pdf/pdfRows.ts"
import { pdfToMarkdown } from "../pdf/pdfToMarkdown.ts"
import { sure, toRuns } from "../pdf/readScans.ts"
import { makeTextReader, type Reading } from "../text/TextReader.ts"
import { type ImageHead, readImageHead } from "./imageHead.ts"

/** A4 in colour at 600 dots per inch has 35 million. */
const maxPixels = 50_000_000
/** Text in a script outside the languages stays below 40; legible text in them is above 80. */
const leastConfidence = 60
/** Inches: a letter is about this long. The resolution that a picture states is often wrong. */
const letterLength = 11.5

/** By quarter turns, in the order of the numbers that EXIF gives them. */
const turned: ReadonlyArray<number> = [1, 6, 3, 8]

export interface ReadImage {
  readonly markdown: string
  readonly pages: number
  readonly leftOut: ReadonlyArray<Omission>
}

export const parseImage = async (bytes: Buffer, languages: ReadonlyArray<string>): Promise<ReadImage> => {
  const head = readImageHead(bytes)
  if (head === undefined || head.width === 0 || head.height === 0) {
    throw new ParseFailure("PARSE_CORRUPT", "The image is damaged: its size cannot be read.")
  }
  if (head.width * head.height > maxPixels) {
    throw new ParseFailure(
      "EXPANSION_LIMIT",
      `The image has ${head.width} × ${head.height} pixels; the limit is ${maxPixels / 1_000_000} million.`
    )
  }
  const dpi = Math.min(Math.max(Math.max(head.width, head.height) / letterLength, 70), 600)
  const best = await readAnyWayUp(bytes, head, languages, dpi)
  if (best === undefined) {
    throw new ParseFailure(
      "NO_TEXT",
      `OCR found no text in the image in these languages: ${languages.join(", ")}.`
    )
  }
  const scale = dpi / 72
  const page = {
    width: (best.isOnSide ? head.height : head.width) / scale,
    height: (best.isOnSide ? head.width : head.height) / scale
  }
  const rows = toRows(toRuns(best.reading.words, scale), page.width)
  const detail = "Only the first page of a multi-page image is read."
  return {
    markdown: pdfToMarkdown([{ ...page, rows }]),
    pages: 1,
    leftOut: Array.from({ length: head.pages - 1 }, (_, i) => ({ kind: "page", page: i + 2, count: 1, detail }))
  }
}

const readAnyWayUp = async (bytes: Buffer, head: ImageHead, languages: ReadonlyArray<string>, dpi: number) => {
  const reader = await makeTextReader(languages)
  const start = Math.max(turned.indexOf(head.orientation), 0)
  const isMirrored = head.orientation > 1 && !turned.includes(head.orientation)
  let best: { readonly reading: Reading; readonly isOnSide: boolean } | undefined
  let turns = [0]
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
    const exif = isMirrored ? head.orientation : turned[(start + turn) % 4] ?? 1
    const reading: Reading | undefined = reader.readFile(bytes, exif, dpi)
    if (reading === undefined) throw new ParseFailure("PARSE_CORRUPT", "The image is damaged: it cannot be unpacked.")
    const isLegible = reading.confidence >= leastConfidence && !reading.isSideways
    if (isLegible && reading.confidence > (best?.reading.confidence ?? 0)) best = { reading, isOnSide: exif > 4 }
    if (best !== undefined && best.reading.confidence >= sure) break
    if (turn === 0 && !isMirrored) turns = reading.isSideways ? [3, 1] : isLegible ? [2] : [2, 1, 3]
  }
  return best
}
