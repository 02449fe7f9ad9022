/** What a font's name says about its letters: for most fonts PDFium gives no other hint. */
import type { Pdfium } from "./Pdfium.ts"
import { scratchBytes } from "./Pdfium.ts"

export interface Font {
  readonly bold: boolean
  readonly italic: boolean
  readonly mono: boolean
  readonly isWingdings: boolean
}

export type Fonts = (font: number) => Font

const plain: Font = { bold: false, italic: false, mono: false, isWingdings: false }

/** Of one document: PDFium keeps a font at the same address until the document is closed. */
export const makeFonts = (pdfium: Pdfium): Fonts => {
  const known = new Map<number, Font>()
  return (font) => {
    if (font === 0) return plain
    const before = known.get(font)
    if (before !== undefined) return before
    const length = Math.min(pdfium.FPDFFont_GetBaseFontName(font, pdfium.scratch, scratchBytes), scratchBytes)
    const bytes = pdfium.memory.HEAPU8.slice(pdfium.scratch, pdfium.scratch + Math.max(0, length - 1))
    const name = Buffer.from(bytes).toString("latin1").replace(/^[A-Z]{6}\+/, "")
    const read: Font = {
      bold: /bold|black|heavy|demi|CMBX|BX\d/i.test(name),
      italic: /italic|oblique|slant|CMTI|TI\d/i.test(name),
      mono: /mono|courier|consol|CMTT|typewriter/i.test(name),
      isWingdings: /^wingdings(?![ -]?[23])/i.test(name)
    }
    known.set(font, read)
    return read
  }
}
