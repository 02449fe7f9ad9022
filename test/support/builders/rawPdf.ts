/** A PDF from its drawing operators, with Helvetica as /F1 and bold as /F2; its pages are 600 × 800 points. */
import { assemblePdf } from "./makePdf.ts"

export interface RawPdf {
  /** Further objects, numbered from 5. */
  readonly objects?: ReadonlyArray<string>
  /** Added to each page's resources, to its fonts, to each page, and to the catalog. */
  readonly resources?: string
  readonly fonts?: string
  readonly page?: string
  readonly catalog?: string
}

export const rawPdf = (
  contents: ReadonlyArray<string>,
  { catalog = "", fonts = "", objects = [], page = "", resources = "" }: RawPdf = {}
): Uint8Array<ArrayBuffer> => {
  const first = 5 + objects.length
  const kids = contents.map((_, i) => `${first + 2 * i} 0 R`).join(" ")
  return assemblePdf([
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ...objects,
    ...contents.flatMap((content, i) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R /F2 4 0 R ${fonts} >> ` +
      `${resources} >> /Contents ${first + 2 * i + 1} 0 R ${page} >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`
    ])
  ])
}

/** One line of text. */
export const line = (text: string, x: number, y: number, font = "F1", size = 11): string =>
  `BT /${font} ${size} Tf ${x} ${y} Td (${text.replaceAll(/[\\()]/g, "\\$&")}) Tj ET\n`

/** Rows of a table, 100 points apart and from the top down. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, y: number, step = 16, width = 120): string =>
  rows.flatMap((row, i) => row.map((text, j) => line(text, 60 + width * j, y - step * i))).join("")
