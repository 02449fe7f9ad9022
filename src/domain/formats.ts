/** The formats that the local parser reads. docs/limits.md, the README and refusals list them from here. */
import { docx, type MediaType, pptx, xlsx } from "./mediaType.ts"

export const localFormats = {
  "application/pdf": "PDF",
  [docx]: "DOCX",
  [xlsx]: "XLSX",
  [pptx]: "PPTX",
  "text/html": "HTML",
  "multipart/related": "MHT",
  "text/markdown": "Markdown",
  "text/csv": "CSV",
  "message/rfc822": "EML",
  "image/png": "PNG",
  "image/jpeg": "JPEG",
  "image/tiff": "TIFF",
  "text/plain": "plain text"
} as const satisfies Partial<Record<MediaType, string>>

export type LocalType = keyof typeof localFormats

export const isLocal = (type: MediaType): type is LocalType => Object.hasOwn(localFormats, type)

export const localNames: ReadonlyArray<string> = Object.values(localFormats)
