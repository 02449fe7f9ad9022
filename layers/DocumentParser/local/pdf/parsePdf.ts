/** PDF → Markdown with page marks. Page by page, so that memory follows the text and not the file. */
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"
import type { Source } from "../../../../src/domain/coverage/Source.ts"
import { ParseFailure } from "../ParseFailure.ts"
import { toSourcePage } from "../source/pdfSource.ts"
import { makeFonts } from "./pdfium/Fonts.ts"
import { type OpenPdf, withPage, withPdf } from "./pdfium/openPdf.ts"
import { withPdfium } from "./pdfium/Pdfium.ts"
import { pdfToMarkdown } from "./pdfToMarkdown.ts"
import { readTextLayer, type TextLayer } from "./readPage.ts"
import type { Scan } from "./readScans.ts"
import { refusePlaceholder } from "./refusePlaceholder.ts"
import { type Need, scanNeeds } from "./scanNeeds.ts"
import { refuseUnreadable, type Scanned, toPages } from "./toPages.ts"

export interface Parsed {
  readonly markdown: string
  readonly pages: number
  readonly leftOut: ReadonlyArray<Omission>
  readonly source: Source
}

export interface PdfLimits {
  readonly maxPages: number
  /** Most pages that are read by OCR. */
  readonly maxScans: number
}

/** `onScans` receives the number of pages that may need OCR, before the first is read. */
export const parsePdf = async (
  bytes: Uint8Array,
  limits: PdfLimits,
  languages: ReadonlyArray<string>,
  onScans: (pages: number) => void
): Promise<Parsed> =>
  await withPdfium(async (pdfium) =>
    await withPdf(pdfium, bytes, async (pdf) => {
      if (pdf.pages > limits.maxPages) {
        throw new ParseFailure("TOO_MANY_PAGES", `The PDF has ${pdf.pages} pages; the limit is ${limits.maxPages}.`)
      }
      const layers = readLayers(pdf)
      refusePlaceholder(pdf, layers)
      const needs = scanNeeds(layers, limits.maxScans)
      if (needs.chosen.length > 0) onScans(needs.chosen.length)
      const found = await readScans(pdf, layers, needs.chosen, languages)
      const scanned = { ...needs, found }
      const { leftOut, pages } = toPages(pdf, layers, scanned)
      refuseUnreadable(layers, scanned, pages, languages)
      const source = { pages: layers.map((layer, i) => toSourcePage(layer?.source, i + 1)) }
      return { markdown: pdfToMarkdown(pages), pages: pages.length, leftOut, source }
    })
  )

/** Undefined for a damaged page, which does not fail the others. */
type Layers = ReadonlyArray<TextLayer | undefined>

const readLayers = (pdf: OpenPdf): Layers => {
  const fonts = makeFonts(pdf.pdfium)
  return Array.from({ length: pdf.pages }, (_, i) => withPage(pdf, i + 1, (page) => readTextLayer(pdf, page, fonts)))
}

const readScans = async (
  pdf: OpenPdf,
  layers: Layers,
  needs: ReadonlyArray<Need>,
  languages: ReadonlyArray<string>
): Promise<Scanned["found"]> => {
  const found = new Map<number, Scan>()
  if (needs.length === 0) return found
  const { makeScanner } = await import("./readScans.ts")
  const scan = makeScanner(pdf, languages)
  for (const { kind, number } of needs) {
    const layer = layers[number - 1]
    if (layer === undefined) continue
    const read = await scan(number, layer, kind)
    if (read.runs.length > 0) found.set(number, read)
  }
  return found
}
