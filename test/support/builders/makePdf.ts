/** Builds a small PDF with real text, or a scan of it, so that no test needs a file. */
import { deflateSync } from "node:zlib"
import { scannedText } from "./scannedText.ts"

export interface PdfText {
  readonly text: string
  readonly x: number
  /** From the bottom of a page of 600 × 800 points. */
  readonly y: number
  readonly size?: number
  readonly bold?: boolean
}

/** The scanned text of `scannedText.ts`, placed by this matrix. */
export interface PdfScan {
  readonly at: readonly [number, number, number, number, number, number]
  readonly broken?: boolean
}

interface PdfOptions {
  /** This many extra spaces in each page's stream, compressed to a thousandth. */
  readonly padding?: number
  /** Of each page, the part that is shown: OCR takes as long as it is large. */
  readonly crop?: readonly [left: number, bottom: number, right: number, top: number]
}

export const makePdf = (
  pages: ReadonlyArray<ReadonlyArray<PdfText | PdfScan>>,
  { crop = [0, 0, 600, 800], padding = 0 }: PdfOptions = {}
): Uint8Array<ArrayBuffer> => {
  const first = 7
  const kids = pages.map((_, i) => `${first + 2 * i} 0 R`).join(" ")
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    picture(scannedText.packed),
    picture(scannedText.packed.subarray(0, 1)),
    ...pages.flatMap((items, i) => {
      const operators = items.map((item) => "at" in item ? drawScan(item) : drawText(item)).join("\n")
      const content = deflateSync(Buffer.from(" ".repeat(padding) + operators, "latin1")).toString("latin1")
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /CropBox [${crop.join(" ")}] ` +
        "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> /XObject << /Scan 5 0 R /Broken 6 0 R >> >> " +
        `/Contents ${first + 2 * i + 1} 0 R >>`,
        `<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n${content}\nendstream`
      ]
    })
  ]
  return assemblePdf(objects)
}

/** A file of these objects, numbered from 1; the first is the catalog. */
export const assemblePdf = (objects: ReadonlyArray<string>): Uint8Array<ArrayBuffer> => {
  let pdf = "%PDF-1.4\n"
  const offsets = objects.map((object, i) => {
    const offset = pdf.length
    pdf += `${i + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const start = pdf.length
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  pdf += offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")
  pdf += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Uint8Array.from(pdf, (char) => char.charCodeAt(0))
}

const picture = (packed: Buffer): string =>
  `<< /Type /XObject /Subtype /Image /Width ${scannedText.width} /Height ${scannedText.height} /ColorSpace /DeviceGray ` +
  `/BitsPerComponent 1 /Filter /FlateDecode /Length ${packed.length} >>\nstream\n${
    packed.toString("latin1")
  }\nendstream`

const drawScan = ({ at, broken = false }: PdfScan): string => `q ${at.join(" ")} cm /${broken ? "Broken" : "Scan"} Do Q`

const drawText = ({ bold = false, size = 11, text, x, y }: PdfText): string =>
  `BT /F${bold ? 2 : 1} ${size} Tf ${x} ${y} Td (${text.replaceAll(/[\\()]/g, "\\$&")}) Tj ET`
