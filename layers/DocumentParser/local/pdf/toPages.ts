/** Text layers and what OCR found → pages, and a list of what is in neither. */
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"
import { ParseFailure } from "../ParseFailure.ts"
import type { OpenPdf } from "./pdfium/openPdf.ts"
import { toRows } from "./pdfRows.ts"
import type { Page, Run } from "./pdfText.ts"
import type { Group, TextLayer } from "./readPage.ts"
import { beside, replacedBy, type Scan } from "./readScans.ts"
import type { Need } from "./scanNeeds.ts"
import { unreadPictures } from "./unreadPictures.ts"

export interface Scanned {
  /** By page number: the words that OCR found. */
  readonly found: ReadonlyMap<number, Scan>
  readonly chosen: ReadonlyArray<Need>
  readonly unread: ReadonlyArray<Need>
}

export const toPages = (
  { document, pdfium }: OpenPdf,
  layers: ReadonlyArray<TextLayer | undefined>,
  { chosen, found, unread }: Scanned
): { readonly pages: ReadonlyArray<Page>; readonly leftOut: ReadonlyArray<Omission> } => {
  const leftOut: Array<Omission> = []
  const needs = new Map([...chosen, ...unread].map((need) => [need.number, need]))
  const unreadOn = unreadPictures(layers)
  const skipped = new Set(unread.map(({ number }) => number))
  const pages = layers.map((layer, i): Page => {
    const page = i + 1
    if (layer === undefined) {
      leftOut.push({ kind: "page", page, count: 1, detail: "The page is damaged." })
      return { width: 0, height: 0, rows: [], isUnread: true }
    }
    const kind = needs.get(page)?.kind
    const scan = found.get(page)
    const isUnread = kind === "page" && skipped.has(page)
    const why = skipped.has(page) ? "It is beyond the limit of pages for OCR." : "OCR found no legible text in it."
    if (isUnread) leftOut.push({ kind: "page", page, count: 1, detail: why })
    else if (kind === "page" && scan === undefined) leftOut.push({ kind: "picture", page, count: 1, detail: why })
    else if (kind !== "page" && scan === undefined && unreadOn(layer) > 0) {
      const detail = kind === "picture"
        ? why
        : "Images on pages with text are read only if they cover most of the page."
      leftOut.push({ kind: "picture", page, count: unreadOn(layer), detail })
    }
    const glyphs = unknownGlyphs(layer, scan)
    if (glyphs > 0) {
      leftOut.push({ kind: "glyphs", page, count: glyphs, detail: "The font does not map them to letters." })
    }
    if (layer.hiddenLetters > 0) {
      leftOut.push({ kind: "hidden_layer", page, count: layer.hiddenLetters, detail: "The layer is switched off." })
    }
    return { ...toPage(layer, scan, kind), isUnread }
  })
  const attachments = pdfium.FPDFDoc_GetAttachmentCount(document)
  if (attachments > 0) {
    leftOut.push({ kind: "attachment", page: 0, count: attachments, detail: "Attached files are not read." })
  }
  return { pages, leftOut }
}

/** Glyphs for which the font has no letters, less the letters that OCR found. */
const unknownGlyphs = (layer: TextLayer, scan: Scan | undefined): number => {
  if (layer.unmapped === 0) return 0
  const found = lettersOf(addedBy(scan, layer))
  return found >= recovered * layer.unmapped ? 0 : layer.unmapped - found
}

/** Spaces may be among the glyphs. */
const recovered = 0.75

const addedBy = (scan: Scan | undefined, { groups }: TextLayer): ReadonlyArray<Run> =>
  scan === undefined ? [] : scan.isTurned ? scan.runs : beside(scan.runs, groups.flatMap((group) => group.runs))

const lettersOf = (runs: ReadonlyArray<Run>): number => runs.reduce((sum, run) => sum + run.text.length, 0)

const toPage = (layer: TextLayer, scan: Scan | undefined, kind: Need["kind"] | undefined): Page => {
  const { comments, groups, height, width } = layer
  if (kind === "page") return pageOf(scan ?? { width, height, runs: [] }, [comments])
  const [own = { width, height, runs: [] }, ...turned] = groups
  const added = addedBy(scan, layer)
  if (scan?.isTurned === true) return pageOf(own, [...turned, scan, comments])
  const kept = kind === "glyphs" ? replacedBy(added, own.runs) : own.runs
  return pageOf({ ...own, runs: [...kept, ...added] }, [...turned, comments])
}

export const pageOf = (own: Group, turned: ReadonlyArray<Group>): Page => ({
  width: own.width,
  height: own.height,
  rows: [own, ...turned].flatMap((group, i) =>
    toRows(group.runs, group.width).map((row) => i === 0 ? row : row.map((piece) => ({ ...piece, isTurned: true })))
  )
})

/** A document of which less than half could be read fails, rather than passing for one with the rest. */
export const refuseUnreadable = (
  layers: ReadonlyArray<TextLayer | undefined>,
  { chosen, found }: Scanned,
  pages: ReadonlyArray<Page>,
  languages: ReadonlyArray<string>
) => {
  const isBlank = pages.every((page) => page.rows.length === 0)
  const lost = layers.reduce(
    (sum, layer, i) => sum + (layer === undefined ? 0 : unknownGlyphs(layer, found.get(i + 1))),
    0
  )
  const read = pages.flatMap((page) => page.rows).flat().reduce((sum, piece) => sum + piece.text.length, 0)
  if (lost > read) {
    throw new ParseFailure(
      "NO_TEXT",
      `The PDF's fonts do not map its glyphs to letters (${lost} of ${lost + read}), and OCR cannot read them.`
    )
  }
  if (!isBlank) return
  if (layers.every((layer) => layer === undefined)) {
    throw new ParseFailure("PARSE_CORRUPT", "The PDF is damaged: none of its pages can be opened.")
  }
  throw new ParseFailure(
    "NO_TEXT",
    chosen.length === 0
      ? `None of the PDF's ${layers.length} pages has text, or an image that could contain text.`
      : `None of the PDF's ${layers.length} pages has a text layer, and OCR (${
        languages.join(", ")
      }) found no legible text.`
  )
}
