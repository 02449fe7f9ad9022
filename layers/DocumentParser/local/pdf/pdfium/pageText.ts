/** A page's text as PDFium alone reads it, line by line, for the inventory: our layout has no part in it. */
import type { Pdfium } from "./Pdfium.ts"

/** `page` is PDFium's handle of the page's text. */
export const pageText = (pdfium: Pdfium, page: number): string => {
  const count = pdfium.FPDFText_CountChars(page)
  if (count <= 0) return ""
  const { free, malloc } = pdfium.memory.wasmExports
  const buffer = malloc((count + 1) * 2)
  if (buffer === 0) return ""
  const written = pdfium.FPDFText_GetText(page, 0, count, buffer)
  const units = Math.max(0, Math.min(written, count + 1) - 1)
  const { HEAPU8 } = pdfium.memory
  const text = Buffer.from(HEAPU8.buffer, buffer, units * 2).toString("utf16le")
  free(buffer)
  return cleaned(text)
}

/** The same without what `isHidden`, and with a sign for each glyph that no letter is known of. Slower. */
export const shownText = (pdfium: Pdfium, page: number, isHidden: (object: number) => boolean) => {
  const count = pdfium.FPDFText_CountChars(page)
  const units: Array<string> = []
  let hidden = 0
  for (let i = 0; i < count; i++) {
    const code = pdfium.FPDFText_GetUnicode(page, i)
    if (isHidden(pdfium.FPDFText_GetTextObject(page, i))) hidden++
    else if (pdfium.FPDFText_HasUnicodeMapError(page, i) === 1) units.push(noLetter)
    else units.push(code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : noLetter)
  }
  return { text: cleaned(units.join("")), hidden }
}

/** Does not separate words: a line with it cannot be compared. */
export const noLetter = "\ufffd"

/** PDFium marks a hyphen that divides a word at a line's end. */
const cleaned = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- PDFium's mark is a control code
  text.replaceAll(/[\u0002\ufffe](?:\r?\n)?/g, "").replaceAll(/[\u0000\u00ad\u200b-\u200f]/g, "")
