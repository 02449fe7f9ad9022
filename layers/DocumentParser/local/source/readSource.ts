/** The inventory of a file whose parser is not ours. Loads a format's library on demand. */
import type { Source } from "../../../../src/domain/coverage/Source.ts"
import { docx } from "../../../../src/domain/mediaType.ts"

/** Types of file that have an inventory. */
export const withSource: ReadonlyArray<string> = ["application/pdf", docx]

export const readSource = async (mediaType: string, bytes: Uint8Array): Promise<Source> => {
  if (mediaType === docx) {
    const { openWord } = await import("../docx/readDocx.ts")
    const { docxSource } = await import("./docxSource.ts")
    return docxSource(openWord(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
  }
  const { pdfSource } = await import("./pdfSource.ts")
  return await pdfSource(bytes)
}
