/** A PDF's inventory by page: according to PDFium and the form, without our layout. */
import type { Source, SourceLine, SourcePage } from "../../../../src/domain/coverage/Source.ts"
import type { Box } from "../pdf/pdfium/Frame.ts"
import { hiddenLayers } from "../pdf/pdfium/hiddenLayers.ts"
import { type OpenPdf, pageBox, withPage, withPdf } from "../pdf/pdfium/openPdf.ts"
import { type PageObjects, readPageObjects } from "../pdf/pdfium/pageObjects.ts"
import { noLetter, shownText } from "../pdf/pdfium/pageText.ts"
import { withPdfium } from "../pdf/pdfium/Pdfium.ts"
import { readAnnotations } from "../pdf/pdfium/readAnnotations.ts"

export interface PageSource {
  readonly text: string
  /** Of form fields and annotations. */
  readonly values: ReadonlyArray<string>
  /** A picture covers most of it. */
  readonly isPicture: boolean
  readonly hiddenLetters: number
}

/** Undefined for a page that cannot be opened. */
export const toSourcePage = (page: PageSource | undefined, number: number): SourcePage => {
  if (page === undefined) return { number, lines: [], isScan: true }
  const { hiddenLetters, isPicture, text, values } = page
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "" && !line.includes(noLetter))
  return {
    number,
    lines: [...lines.map((line) => ofKind(line, "lines")), ...values.map((value) => ofKind(value, "form_value"))],
    isScan: lines.length === 0 && (isPicture || text.includes(noLetter)),
    hiddenLetters
  }
}

const ofKind = (text: string, kind: SourceLine["kind"]): SourceLine => ({ text, kind })

/** Of a page: a picture that covers more of it is a scan. */
const mostOfPage = 0.5

export const coversMost = ({ pictures }: PageObjects, page: Box): boolean =>
  pictures.some((each) => areaOf(each, page) >= mostOfPage * areaOf(page, page))

const areaOf = (box: Box, page: Box): number =>
  Math.max(0, Math.min(box.right, page.right) - Math.max(box.left, page.left)) *
  Math.max(0, Math.min(box.top, page.top) - Math.max(box.bottom, page.bottom))

/** For parsers that are not ours; ours takes the inventory on the way, from the same open document. */
export const pdfSource = (bytes: Uint8Array): Promise<Source> =>
  withPdfium((pdfium) =>
    withPdf(pdfium, bytes, (pdf) =>
      Promise.resolve({
        pages: Array.from({ length: pdf.pages }, (_, i) => toSourcePage(withPage(pdf, i + 1, readOne(pdf)), i + 1)),
        attachments: pdfium.FPDFDoc_GetAttachmentCount(pdf.document)
      }))
  )

const readOne = (pdf: OpenPdf) => (page: number): PageSource => {
  const { form, pdfium } = pdf
  const box = pageBox(pdfium, page)
  const objects = readPageObjects(pdf, page)
  const size = { width: box.right - box.left, height: box.top - box.bottom }
  const hidden = hiddenLayers(pdfium, page, size, objects)
  const isHidden = (object: number) => {
    const layer = objects.layers.get(object)
    return layer !== undefined && hidden.has(layer)
  }
  const values = readAnnotations(pdfium, page, form).map(({ text }) => text)
  const text = pdfium.FPDFText_LoadPage(page)
  try {
    const shown = text === 0 ? { text: "", hidden: 0 } : shownText(pdfium, text, isHidden)
    return { text: shown.text, values, isPicture: coversMost(objects, box), hiddenLetters: shown.hidden }
  } finally {
    if (text !== 0) pdfium.FPDFText_ClosePage(text)
  }
}
