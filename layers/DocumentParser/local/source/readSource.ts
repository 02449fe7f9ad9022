/** The inventory of a file whose parser is not ours. Loads a format's library on demand. */
import type { Source } from "../../../../src/domain/coverage/Source.ts"
import { docx, pptx, xlsx } from "../../../../src/domain/mediaType.ts"
import { openArchive } from "../office/archive.ts"

const readers: Readonly<Record<string, (bytes: Uint8Array) => Promise<Source>>> = {
  "application/pdf": async (bytes) => (await import("./pdfSource.ts")).pdfSource(bytes),
  [docx]: async (bytes) => (await import("./docxSource.ts")).docxSource(openArchive(asBuffer(bytes), "Word document")),
  [xlsx]: async (bytes) =>
    (await import("./sheetsSource.ts")).sheetsSource(openArchive(asBuffer(bytes), "Excel workbook")),
  [pptx]: async (bytes) =>
    (await import("./slidesSource.ts")).slidesSource(openArchive(asBuffer(bytes), "PowerPoint presentation")),
  "message/rfc822": async (bytes) => {
    const { mailSource } = await import("./mailSource.ts")
    const { readMail } = await import("../mail/readMail.ts")
    return mailSource(await readMail(bytes))
  },
  "multipart/related": async (bytes) => {
    const { pageOfMail } = await import("../mail/readMail.ts")
    return await pageSource(await pageOfMail(bytes))
  },
  "text/html": async (bytes) => {
    const { declaredCharset, decodeText } = await import("../text/decodeText.ts")
    return await pageSource(decodeText(bytes, () => declaredCharset(bytes)))
  }
}

/** Types of file that have an inventory. */
export const withSource: ReadonlyArray<string> = Object.keys(readers)

export const readSource = async (mediaType: string, bytes: Uint8Array): Promise<Source> =>
  await (readers[mediaType]?.(bytes) ?? { pages: [] })

const pageSource = async (html: string): Promise<Source> => {
  const { parseHtml } = await import("../html/htmlToMarkdown.ts")
  const { htmlSource } = await import("./htmlSource.ts")
  return htmlSource(parseHtml(html))
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
