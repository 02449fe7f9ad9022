/** A page, or a part of it, drawn as a grey picture. */
import { ParseFailure } from "../../ParseFailure.ts"
import type { Pdfium } from "./Pdfium.ts"

/** From white, 255, to black, 0; row by row from the top. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** In pixels of the drawn page, from its top left corner. */
interface Cut {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Drawing {
  /** Of the whole page, in pixels. */
  readonly width: number
  readonly height: number
  /** Further quarter turns clockwise. */
  readonly turn: number
  readonly cut?: Cut
  /** The paper: white unless something white could be what is looked for. */
  readonly paper?: number
  readonly withAnnotations?: boolean
}

const grey = 1
/** `halftone` smooths pictures that are scaled. */
const flags = { annotations: 0x01, grey: 0x08, halftone: 0x400 }

export const drawPage = (pdfium: Pdfium, page: number, drawing: Drawing): Picture => {
  const { height, paper = 0xff, turn, width, withAnnotations = true } = drawing
  const cut = drawing.cut ?? { x: 0, y: 0, width, height }
  const bitmap = pdfium.FPDFBitmap_CreateEx(cut.width, cut.height, grey, 0, 0)
  if (bitmap === 0) throw new ParseFailure("PARSE_TOO_COMPLEX", "A page of the PDF is too large to be drawn for OCR.")
  try {
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, cut.width, cut.height, 0xff000000 + paper * 0x010101)
    const how = flags.grey + flags.halftone + (withAnnotations ? flags.annotations : 0)
    pdfium.FPDF_RenderPageBitmap(bitmap, page, -cut.x, -cut.y, width, height, turn, how)
    return { width: cut.width, height: cut.height, pixels: copy(pdfium, bitmap, cut) }
  } finally {
    pdfium.FPDFBitmap_Destroy(bitmap)
  }
}

const copy = (pdfium: Pdfium, bitmap: number, { height, width }: Cut): Uint8Array => {
  const start = pdfium.FPDFBitmap_GetBuffer(bitmap)
  const stride = pdfium.FPDFBitmap_GetStride(bitmap)
  const { HEAPU8 } = pdfium.memory
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    pixels.set(HEAPU8.subarray(start + y * stride, start + y * stride + width), y * width)
  }
  return pixels
}
