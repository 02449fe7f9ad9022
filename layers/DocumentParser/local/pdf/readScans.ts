/** Reads pages, or what of them is only in pictures, by OCR. */
import { makeTextReader, type TextReader, type Word } from "../text/TextReader.ts"
import { drawPage, type Picture } from "./pdfium/drawPage.ts"
import { type OpenPdf, withPage } from "./pdfium/openPdf.ts"
import { hideText } from "./pdfium/pageObjects.ts"
import type { Run } from "./pdfText.ts"
import type { Group, TextLayer } from "./readPage.ts"
import type { Need } from "./scanNeeds.ts"

/** What Tesseract is made for. */
const dpi = 300
const maxPixels = 20_000_000
/**
 * Text in a script outside the languages stays below 40; legible text in them is above 80. Glyphs of a font that is missing
 * are drawn with others, which look legible.
 */
const leastConfidence = { page: 60, picture: 60, glyphs: 75 } as const

/** Of a page's text layer: with more letters, it shows which way up its pictures are. */
const fewLetters = 100

export interface Scan extends Group {
  /** Its places are those of the page turned. */
  readonly isTurned: boolean
}

/** Text that is upside down stays below; the right way up, it is above. */
export const sure = 75

export const makeScanner = (pdf: OpenPdf, languages: ReadonlyArray<string>) => {
  let reader: TextReader | undefined
  /** No runs if nothing is legible. */
  return async (number: number, layer: TextLayer, kind: Need["kind"]): Promise<Scan> => {
    reader ??= await makeTextReader(languages)
    const read = reader.read
    const scale = Math.min(dpi / 72, Math.sqrt(maxPixels / (layer.width * layer.height)))
    const nothing: Scan = { width: layer.width, height: layer.height, runs: [], isTurned: false }
    let best = { confidence: 0, scan: nothing }
    let turns = [0]
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      const turned = turn
      const [width, height] = turn % 2 === 0 ? [layer.width, layer.height] : [layer.height, layer.width]
      const size = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) }
      const picture = withPage(pdf, number, (page) => {
        // A line of upright text would pass for the legibility of a picture that is upside down.
        if (kind === "picture" && layer.letters < fewLetters) hideText(pdf.pdfium, page)
        return drawPage(pdf.pdfium, page, { ...size, turn: turned })
      })
      if (picture === undefined) break
      const reading = read(smooth(picture), scale * 72)
      if (reading.confidence >= leastConfidence[kind] && !reading.isSideways && reading.confidence > best.confidence) {
        best = {
          confidence: reading.confidence,
          scan: { width, height, runs: toRuns(reading.words, scale), isTurned: turn !== 0 }
        }
      }
      if (best.confidence >= sure) break
      if (kind === "glyphs" || layer.letters >= fewLetters) break
      // The sheet may have been scanned sideways or upside down.
      if (turn === 0 && (reading.isSideways || reading.confidence > 0)) turns = reading.isSideways ? [3, 1] : [2]
    }
    return best.scan
  }
}

export const toRuns = (words: ReadonlyArray<Word>, scale: number): ReadonlyArray<Run> => {
  const usual = usualSize(words)
  return words.map((word) => ({
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
}

/** A line's height is measured from its letters, and a short line has few; only a clear difference makes a heading. */
const usualSize = (words: ReadonlyArray<Word>): number =>
  words.map((word) => word.size).sort((a, b) => a - b)[Math.floor(words.length / 2)] ?? 1

/** The words that the text layer does not have, or not in full. */
export const beside = (scanned: ReadonlyArray<Run>, layer: ReadonlyArray<Run>): ReadonlyArray<Run> => {
  const whole = layer.filter((run) => run.isPartial !== true)
  return scanned.filter((word) => !whole.some((run) => isIn(word, run)))
}

/** The text layer without what was read better, and without glyphs that stand for nothing. */
export const replacedBy = (scanned: ReadonlyArray<Run>, layer: ReadonlyArray<Run>): ReadonlyArray<Run> =>
  scanned.length === 0 ?
    layer :
    layer.filter((run) =>
      run.isPartial !== true || (/[\p{L}\p{N}]/u.test(run.text) && !scanned.some((word) => isIn(word, run)))
    )

const isIn = (word: Run, run: Run): boolean => {
  const x = (word.x0 + word.x1) / 2
  const y = word.y - word.size * 0.3
  return x > run.x0 - 2 && x < run.x1 + 2 && y > run.y - run.size * 1.1 && y < run.y + run.size * 0.4
}

/** Of a pixel, in the mean with its neighbours. */
const ownWeight = 6

/** A coarse scan that is enlarged has jagged edges, which OCR takes for signs. */
const smooth = ({ height, pixels, width }: Picture): Picture => {
  const across = new Uint16Array(pixels.length)
  for (let at = 1; at < pixels.length - 1; at++) {
    across[at] = (pixels[at - 1] ?? 0) + ownWeight * (pixels[at] ?? 0) + (pixels[at + 1] ?? 0)
  }
  const out = pixels.slice()
  for (let at = width; at < pixels.length - width; at++) {
    out[at] = ((across[at - width] ?? 0) + ownWeight * (across[at] ?? 0) + (across[at + width] ?? 0)) /
      (ownWeight + 2) ** 2
  }
  return { height, pixels: out, width }
}
