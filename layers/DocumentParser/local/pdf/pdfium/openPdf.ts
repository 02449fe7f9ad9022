/** A PDF in PDFium's memory, closed when its use ends. */
import { ParseFailure } from "../../ParseFailure.ts"
import type { Box } from "./Frame.ts"
import { floats, type Pdfium } from "./Pdfium.ts"

export interface OpenPdf {
  readonly pdfium: Pdfium
  readonly document: number
  /** The handle of its form. */
  readonly form: number
  readonly pages: number
  /** Forms on its pages may be on a layer. */
  readonly hasLayeredForms: boolean
}

const errors = { password: 4, security: 5 }

export const withPdf = async <A>(
  pdfium: Pdfium,
  bytes: Uint8Array,
  use: (pdf: OpenPdf) => Promise<A>
): Promise<A> => {
  const { free, malloc } = pdfium.memory.wasmExports
  const data = malloc(bytes.length)
  if (data === 0) throw new ParseFailure("PARSE_TOO_COMPLEX", "The PDF is too large for the memory limit.")
  pdfium.memory.HEAPU8.set(bytes, data)
  const document = pdfium.FPDF_LoadMemDocument(data, bytes.length, "")
  if (document === 0) {
    const error = pdfium.FPDF_GetLastError()
    free(data)
    throw error === errors.password || error === errors.security
      ? new ParseFailure("ENCRYPTED", "The PDF is password-protected.")
      : new ParseFailure("PARSE_CORRUPT", "The PDF is damaged: it has no readable page tree.")
  }
  const info = pdfium.PDFiumExt_OpenFormFillInfo()
  const form = pdfium.PDFiumExt_InitFormFillEnvironment(document, info)
  const result = await use({
    pdfium,
    document,
    form,
    pages: pdfium.FPDF_GetPageCount(document),
    hasLayeredForms: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("/OC ")
  })
    .catch((cause: unknown) => {
      // After a crash its memory cannot be trusted, and is given up as a whole.
      if (cause instanceof ParseFailure) close()
      throw cause
    })
  close()
  return result

  function close() {
    pdfium.PDFiumExt_ExitFormFillEnvironment(form)
    pdfium.PDFiumExt_CloseFormFillInfo(info)
    pdfium.FPDF_CloseDocument(document)
    free(data)
  }
}

/** Undefined if the page is damaged. */
export const withPage = <A>({ document, pdfium }: OpenPdf, number: number, use: (page: number) => A): A | undefined => {
  const page = pdfium.FPDF_LoadPage(document, number - 1)
  if (page === 0) return undefined
  const result = use(page)
  pdfium.FPDF_ClosePage(page)
  return result
}

/** What is shown of the page as stored, before its rotation. */
export const pageBox = (pdfium: Pdfium, page: number): Box => {
  pdfium.FPDF_GetPageBoundingBox(page, pdfium.scratch)
  const [left = 0, top = 792, right = 612, bottom = 0] = floats(pdfium, 4)
  return { left, bottom, right, top }
}
