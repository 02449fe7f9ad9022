/** Parses a PDF in this thread, without OCR unless it is needed. */
import { parsePdf } from "../../../../../layers/DocumentParser/local/pdf/parsePdf.ts"

export const readPdf = (bytes: Uint8Array) => parsePdf(bytes, { maxPages: 100, maxScans: 2 }, ["eng"], () => {})

export const markdownOf = async (bytes: Uint8Array): Promise<string> => (await readPdf(bytes)).markdown
