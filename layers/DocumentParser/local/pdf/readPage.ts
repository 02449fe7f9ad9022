/** One page: its text layer with what annotations show, and what remains for OCR. */
import { coversMost, type PageSource } from "../source/pdfSource.ts"
import type { Fonts } from "./pdfium/Fonts.ts"
import { type Box, frameOf, place, toTurn, type Turn } from "./pdfium/Frame.ts"
import { hiddenLayers } from "./pdfium/hiddenLayers.ts"
import { type OpenPdf, pageBox } from "./pdfium/openPdf.ts"
import { readPageObjects } from "./pdfium/pageObjects.ts"
import { readAnnotations, readStampPictures } from "./pdfium/readAnnotations.ts"
import { type Glyph, readGlyphs } from "./pdfium/readGlyphs.ts"
import { toRuns } from "./pdfium/toRuns.ts"
import type { Run } from "./pdfText.ts"
import { below, placeAnnotations } from "./placeAnnotations.ts"
import { joinStacked } from "./stackedLetters.ts"

/** Text in one direction. */
export interface Group {
  readonly width: number
  readonly height: number
  readonly runs: ReadonlyArray<Run>
}

export interface TextLayer {
  readonly width: number
  readonly height: number
  /** The page's own direction first. */
  readonly groups: ReadonlyArray<Group>
  /** What reviewers wrote; it says nothing about whether the page is a scan. */
  readonly comments: Group
  readonly letters: number
  readonly unmapped: number
  /** Where pictures are that have no text layer, and their share of the page. */
  readonly pictures: ReadonlyArray<
    { readonly x0: number; readonly x1: number; readonly y0: number; readonly y1: number }
  >
  readonly pictureShare: number
  /** Something is drawn that text could be in. */
  readonly isDrawn: boolean
  readonly hiddenLetters: number
  /** What PDFium and the form say of the page, without our layout: the inventory. */
  readonly source: PageSource
}

/** On a whole page: a picture with fewer letters over it, in proportion to its size, is not covered by a text layer. */
const coveringLetters = 300
/** Fewer lines and curves are rules and frames. */
const fewPaths = 30

export const readTextLayer = (pdf: OpenPdf, page: number, fonts: Fonts): TextLayer => {
  const { form, pdfium } = pdf
  const box = pageBox(pdfium, page)
  const own = toTurn(pdfium.FPDFPage_GetRotation(page))
  const frame = frameOf(box, own)
  const objects = readPageObjects(pdf, page)
  const hidden = hiddenLayers(pdfium, page, frame, objects)
  const { glyphs, hidden: hiddenLetters, source, unmapped } = readGlyphs(pdfium, page, fonts, (object) => {
    const layer = objects.layers.get(object)
    return layer !== undefined && hidden.has(layer)
  })
  const groups = turnsOf(glyphs, own).map((turn): Group => {
    const { height, width } = frameOf(box, turn)
    const runs = toRuns(glyphs.filter((glyph) => glyph.drawn.turn === turn), frameOf(box, turn))
    return { width, height, runs: joinStacked(runs) }
  })
  const [first = { ...frame, runs: [] }, ...others] = groups
  const annotations = readAnnotations(pdfium, page, form)
  const added = placeAnnotations(annotations.filter(({ isComment }) => !isComment), frame, first.runs)
  const comments = annotations.filter(({ isComment }) => isComment).map(({ text }) => text)
  const pictures = [...objects.pictures, ...readStampPictures(pdfium, page)].map((each) => within(box, each)).filter((
    each
  ) => !isCovered(each, box, glyphs))
  return {
    width: frame.width,
    height: frame.height,
    groups: [{ width: frame.width, height: frame.height, runs: [...first.runs, ...added] }, ...others],
    comments: { width: frame.width, height: frame.height, runs: below(comments) },
    letters: glyphs.length - unmapped,
    unmapped,
    pictures: pictures.map((each) => place(frame, each)),
    pictureShare: pictures.reduce((sum, each) => sum + areaOf(each), 0) / areaOf(box),
    isDrawn: pictures.length > 0 || objects.pictures.length > 0 || objects.paths > fewPaths,
    hiddenLetters,
    source: {
      text: source,
      values: annotations.map(({ text }) => text),
      isPicture: coversMost(objects, box),
      hiddenLetters
    }
  }
}

/** The page's own direction comes first, even if there is no text in it. */
const turnsOf = (glyphs: ReadonlyArray<Glyph>, own: Turn): ReadonlyArray<Turn> => [
  ...new Set([own, ...glyphs.map((glyph) => glyph.drawn.turn)])
]

const areaOf = ({ bottom, left, right, top }: Box): number => Math.max(0, right - left) * Math.max(0, top - bottom)

const within = (page: Box, box: Box): Box => ({
  left: Math.max(page.left, box.left),
  right: Math.min(page.right, box.right),
  bottom: Math.max(page.bottom, box.bottom),
  top: Math.min(page.top, box.top)
})

const isCovered = (picture: Box, page: Box, glyphs: ReadonlyArray<Glyph>): boolean => {
  const area = areaOf(picture)
  if (area === 0) return true
  const inside = glyphs.filter((glyph) =>
    glyph.left >= picture.left && glyph.right <= picture.right && glyph.bottom >= picture.bottom &&
    glyph.top <= picture.top
  )
  return inside.length >= coveringLetters * (area / areaOf(page))
}
