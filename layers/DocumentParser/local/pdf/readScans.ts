/** Reads the pages of a PDF that have no text layer from their pictures. */
import { fileURLToPath } from "node:url"
import { getDocument, type PDFPageProxy, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs"
import { makeTextReader, type TextReader, type Word } from "../text/TextReader.ts"
import { drawPicture } from "./pdfPicture.ts"
import { toRows } from "./pdfRows.ts"
import type { Page } from "./pdfText.ts"

export interface Scans {
  /** By page number; a page without a word that could be read is missing. */
  readonly pages: ReadonlyMap<number, Page>
  /** Pages that contain a picture, legible or not. */
  readonly pictures: number
  readonly damage: unknown
}

/** The document is opened again, because pictures were skipped for pages with text. */
export const readScans = async (
  data: Uint8Array,
  numbers: ReadonlyArray<number>,
  languages: ReadonlyArray<string>
): Promise<Scans> => {
  const task = getDocument({
    data,
    verbosity: VerbosityLevel.ERRORS,
    // Decoders for scanner formats, read from the package.
    wasmUrl: fileURLToPath(new URL("../../wasm/", import.meta.resolve("pdfjs-dist/legacy/build/pdf.mjs"))),
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    // A0 in black and white at 400 dots per inch, A4 in colour at 600.
    maxImageSize: 50_000_000
  })
  const pages = new Map<number, Page>()
  let reader: TextReader | undefined
  let pictures = 0
  let damage: unknown
  try {
    const document = await task.promise
    for (const number of numbers) {
      try {
        const page = await document.getPage(number)
        const lazily = async () => reader ??= await makeTextReader(languages)
        const read = await readScan(page, lazily)
        page.cleanup()
        if (read !== undefined) pictures++
        if (read !== undefined && read.rows.length > 0) pages.set(number, read)
      } catch (cause) {
        if (cause instanceof RangeError) throw cause
        damage ??= cause
      }
    }
  } finally {
    await task.destroy()
  }
  return { pages, pictures, damage }
}

/** What Tesseract is made for. */
const dpi = 300
const maxPixels = 20_000_000
/** Text in a script outside the languages stays below 40; legible text in them is above 80. */
const leastConfidence = 60

const readScan = async (page: PDFPageProxy, reader: () => Promise<TextReader>): Promise<Page | undefined> => {
  const { height, width } = page.getViewport({ scale: 1 })
  const scale = Math.min(dpi / 72, Math.sqrt(maxPixels / (width * height)))
  let turns = [0]
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
    const rotation = (page.rotate + turn) % 360
    const picture = await drawPicture(page, page.getViewport({ scale, rotation }))
    if (picture === undefined) return undefined
    const reading = (await reader()).read(picture, scale * 72)
    if (reading.confidence >= leastConfidence && !reading.isSideways) {
      const viewport = page.getViewport({ scale: 1, rotation })
      const usual = usualSize(reading.words)
      const runs = reading.words.map((word) => ({
        text: word.text,
        x0: word.x0 / scale,
        x1: word.x1 / scale,
        y: word.y / scale,
        size: (Math.abs(word.size / usual - 1) < 0.25 ? usual : word.size) / scale,
        bold: false,
        italic: false,
        mono: false,
        afterSpace: true,
        isTurned: false
      }))
      return { height: viewport.height, rows: toRows(runs, viewport.width), width: viewport.width }
    }
    // The sheet may have been scanned sideways or upside down.
    if (turn === 0 && (reading.isSideways || reading.confidence > 0)) turns = reading.isSideways ? [270, 90] : [180]
  }
  return { height, rows: [], width }
}

/** A line's height is measured from its letters, and a short line has few; only a clear difference makes a heading. */
const usualSize = (words: ReadonlyArray<Word>): number =>
  words.map((word) => word.size).sort((a, b) => a - b)[Math.floor(words.length / 2)] ?? 1
