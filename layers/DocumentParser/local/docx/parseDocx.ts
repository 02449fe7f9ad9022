/** DOCX → Markdown, by way of HTML. */
import mammoth from "mammoth"
import { htmlToMarkdown } from "../html/htmlToMarkdown.ts"
import { ParseFailure } from "../ParseFailure.ts"
import { checkZip } from "./zip.ts"

export const parseDocx = async (bytes: Buffer): Promise<string> => {
  checkZip(bytes)
  return htmlToMarkdown(await toHtml(bytes))
}

const toHtml = async (bytes: Buffer): Promise<string> => {
  try {
    const { value } = await mammoth.convertToHtml({ buffer: bytes }, {
      externalFileAccess: false,
      includeEmbeddedStyleMap: false,
      // Only the alternative text of a picture is kept.
      convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: "" })),
      styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh > em"]
    })
    return value
  } catch (cause) {
    if (cause instanceof RangeError) throw cause
    throw new ParseFailure("PARSE_CORRUPT", "The Word document is damaged: its text cannot be read as XML.", cause)
  }
}
