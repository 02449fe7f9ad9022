/** Reads the given pages of a PDF by OCR from their pictures and ignores their text layer. All other pages are empty. */
import { makeFonts } from "./pdfium/Fonts.ts"
import { withPage, withPdf } from "./pdfium/openPdf.ts"
import { withPdfium } from "./pdfium/Pdfium.ts"
import type { Page } from "./pdfText.ts"
import { pdfToMarkdown } from "./pdfToMarkdown.ts"
import { readTextLayer } from "./readPage.ts"
import { makeScanner } from "./readScans.ts"
import { pageOf } from "./toPages.ts"

export const ocrPages = async (
  bytes: Uint8Array,
  numbers: ReadonlyArray<number>,
  languages: ReadonlyArray<string>,
  onScans: (pages: number) => void
): Promise<{ readonly markdown: string; readonly pages: number }> =>
  await withPdfium(async (pdfium) =>
    await withPdf(pdfium, bytes, async (pdf) => {
      onScans(numbers.length)
      const fonts = makeFonts(pdfium)
      const scan = makeScanner(pdf, languages)
      const pages: Array<Page> = Array.from({ length: pdf.pages }, () => ({ width: 0, height: 0, rows: [] }))
      for (const number of numbers) {
        const layer = withPage(pdf, number, (page) => readTextLayer(pdf, page, fonts))
        if (layer !== undefined) pages[number - 1] = pageOf(await scan(number, layer, "page"), [])
      }
      return { markdown: pdfToMarkdown(pages), pages: pages.length }
    })
  )
