/** A PDF whose pages only say that another program can show the document is refused: they are not its text. */
import { ParseFailure } from "../ParseFailure.ts"
import type { OpenPdf } from "./pdfium/openPdf.ts"
import type { TextLayer } from "./readPage.ts"

/** Constants of PDFium. */
const dynamicForm = 2
const staticForm = 3
/** In letters: a placeholder is short. */
const longestPlaceholder = 1500

export const refusePlaceholder = (
  { document, pdfium }: OpenPdf,
  layers: ReadonlyArray<TextLayer | undefined>
) => {
  const type = pdfium.FPDF_GetFormType(document)
  const text = shortText(layers)
  const isForm = type === dynamicForm || type === staticForm
  if (isForm && text !== undefined && (needsReader.test(text) || (type === dynamicForm && text === ""))) {
    throw new ParseFailure(
      "UNSUPPORTED_TYPE",
      "The PDF is a dynamic XFA form: only Adobe's programs can show its pages."
    )
  }
  if (pdfium.FPDFDoc_GetAttachmentCount(document) > 0 && text !== undefined && isPortfolio.test(text)) {
    throw new ParseFailure(
      "UNSUPPORTED_TYPE",
      "The PDF is a portfolio of attached files. Extract them, and upload each one."
    )
  }
}

const needsReader = /please wait|adobe (?:acrobat )?reader|adobe acrobat|pdf viewer may not be able/i
const isPortfolio = /portfolio|adobe (?:acrobat )?reader|adobe acrobat/i

/** Of the whole document, or undefined if it is long. */
const shortText = (layers: ReadonlyArray<TextLayer | undefined>): string | undefined => {
  const letters = layers.reduce((sum, layer) => sum + (layer?.letters ?? 0), 0)
  return letters > longestPlaceholder
    ? undefined
    : layers.flatMap((layer) => layer?.groups.flatMap((group) => group.runs.map((run) => run.text)) ?? []).join(" ")
}
