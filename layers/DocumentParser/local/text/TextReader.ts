/**
 * OCR: Tesseract as WebAssembly, in the parsing thread. The program and its language data come from packages; nothing is
 * downloaded or cached. Uses the build without relaxed SIMD, whose results differ between processors.
 */
import { Schema } from "effect"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import loadCore from "tesseract.js-core/tesseract-core-simd-lstm.js"
import { ParseFailure } from "../ParseFailure.ts"
import type { Picture } from "../pdf/pdfium/drawPage.ts"

/** All measures in pixels of the picture. */
export interface Word {
  readonly text: string
  readonly x0: number
  readonly x1: number
  /** Of the line: the baseline at its middle, and its height from the highest letter to the lowest. */
  readonly y: number
  readonly size: number
}

export interface Reading {
  readonly words: ReadonlyArray<Word>
  /** Of all letters, between 0 and 100. */
  readonly confidence: number
  /** Most lines run up or down. */
  readonly isSideways: boolean
}

export interface TextReader {
  readonly read: (picture: Picture, dpi: number) => Reading
  /** Of a PNG, JPEG or TIFF, turned as this orientation of EXIF says; undefined if it cannot be unpacked. */
  readonly readFile: (bytes: Uint8Array, orientation: number, dpi: number) => Reading | undefined
}

const lstmOnly = 1
/** Detects columns, pictures and the direction of lines; by default Tesseract treats a page as one block. */
const automatic = "3"

/** `languages`: codes of Tesseract, each with its package `@tesseract.js-data/<code>`. */
export const makeTextReader = async (languages: ReadonlyArray<string>): Promise<TextReader> => {
  const core = await loadCore({ print: () => {}, printErr: () => {} })
  for (const language of languages) core.FS.writeFile(`./${language}.traineddata`, await readLanguage(language))
  const api = new core.TessBaseAPI()
  if (api.Init(null, languages.join("+"), lstmOnly, undefined) !== 0) throw new Error("Tesseract could not be started.")
  api.SetVariable("tessedit_pageseg_mode", automatic)
  const readFile: TextReader["readFile"] = (bytes, orientation, dpi) => {
    core.FS.writeFile("/input", bytes)
    api.SetVariable("user_defined_dpi", String(Math.round(dpi)))
    if (api.SetImageFile(orientation, 0) !== 0 || api.Recognize(null) !== 0) return undefined
    const page = decodePage(api.GetJSONText(0))
    api.Clear()
    return toReading(page.blocks.flatMap((block) => block.paragraphs ?? []).flatMap((each) => each.lines))
  }
  return {
    readFile,
    read: (picture, dpi) => {
      const reading = readFile(toPgm(picture), 1, dpi)
      if (reading === undefined) throw new Error("OCR cannot read the image.")
      return reading
    }
  }
}

const readLanguage = async (language: string): Promise<Uint8Array> => {
  const name = `@tesseract.js-data/${language}`
  try {
    const path = import.meta.resolve(`${name}/4.0.0_best_int/${language}.traineddata.gz`)
    return gunzipSync(await readFile(fileURLToPath(path)))
  } catch (cause) {
    throw new ParseFailure("INTERNAL", `The language data for OCR is missing: install the package ${name}.`, cause)
  }
}

/** The plainest picture format that Tesseract reads. */
const toPgm = ({ height, pixels, width }: Picture): Uint8Array =>
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels])

const Box = Schema.Struct({ x0: Schema.Number, y0: Schema.Number, x1: Schema.Number, y1: Schema.Number })
const Line = Schema.Struct({
  bbox: Box,
  baseline: Box,
  rowAttributes: Schema.Struct({ rowHeight: Schema.Number }),
  words: Schema.Array(Schema.Struct({
    text: Schema.String,
    confidence: Schema.Number,
    symbols: Schema.Array(Schema.Struct({ text: Schema.String, bbox: Box }))
  }))
})
type Line = typeof Line.Type
const decodePage = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({
  blocks: Schema.Array(Schema.Struct({
    paragraphs: Schema.optionalKey(Schema.Array(Schema.Struct({ lines: Schema.Array(Line) })))
  }))
})))

/** A word that is more likely wrong than right is noise, or another script. */
const leastSure = 50

const toReading = (lines: ReadonlyArray<Line>): Reading => {
  const words = lines.flatMap((line) => line.words)
  const letters = lettersOf(words)
  return {
    words: lines.flatMap((line) => line.words.filter((word) => word.confidence >= leastSure).flatMap(split(line))),
    confidence: letters === 0 ? 0 : words.reduce((sum, word) => sum + word.confidence * word.text.length, 0) / letters,
    isSideways: lettersOf(lines.filter(isUpright).flatMap((line) => line.words)) * 2 > letters
  }
}

const lettersOf = (words: Line["words"]): number => words.reduce((sum, word) => sum + word.text.length, 0)

const isUpright = ({ bbox, words }: Line): boolean => bbox.y1 - bbox.y0 > bbox.x1 - bbox.x0 && lettersOf(words) > 3

/** The lines between table cells are recognised as `|`; they separate words and are not words. */
const split = (line: Line) => (word: Line["words"][number]): ReadonlyArray<Word> => {
  const parts: Array<Word> = []
  let isOpen = false
  for (const { bbox, text } of word.symbols) {
    const last = parts.at(-1)
    if (text === "|") isOpen = false
    else if (isOpen && last !== undefined) parts[parts.length - 1] = { ...last, text: last.text + text, x1: bbox.x1 }
    else {
      parts.push({
        text,
        x0: bbox.x0,
        x1: bbox.x1,
        y: (line.baseline.y0 + line.baseline.y1) / 2,
        size: line.rowAttributes.rowHeight
      })
      isOpen = true
    }
  }
  return parts
}
