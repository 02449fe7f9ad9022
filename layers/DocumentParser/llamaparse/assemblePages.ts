/** The pages of a parse → one Markdown text. A page may fail within a complete parse; a comment then marks its place. */
import { Schema } from "effect"
import { Omission } from "../../../src/domain/coverage/Coverage.ts"
import { canonicalText, pageMark, pageMarks } from "../../../src/domain/text.ts"
import { withoutEncoded } from "../local/text/withoutEncoded.ts"

const ParsedPage = Schema.Union([
  Schema.Struct({ page_number: Schema.Int, success: Schema.Literal(true), markdown: Schema.String }),
  Schema.Struct({ page_number: Schema.Int, success: Schema.Literal(false) })
])

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({
  markdown: Schema.Struct({ pages: Schema.Array(ParsedPage) })
})))

export const Assembled = Schema.Struct({
  /** Undefined if no page has text. */
  markdown: Schema.UndefinedOr(Schema.Union([Schema.String, Schema.Uint8Array])),
  pages: Schema.Int,
  /** Their numbers. */
  failed: Schema.Array(Schema.Int),
  /** Pages that failed, and encoded data. */
  leftOut: Schema.Array(Omission),
  /** Pages as long as the vendor's limit, at which it cuts them without saying so. */
  full: Schema.Array(Schema.Int)
})

/** In bytes: about 64 KB, as it is not known what the vendor counts, and this is what it returns. */
const limit = { least: 60_000, most: 66_000 }
const isFull = (text: string): boolean => {
  if (text.length > limit.most || 3 * text.length < limit.least) return false
  const bytes = Buffer.byteLength(text)
  return bytes >= limit.least && bytes <= limit.most
}

/** Undefined if the body has another shape. */
export const assemblePages = (body: string) => {
  const decoded = decode(body)
  if (decoded._tag === "None") return undefined
  const leftOut: Array<Omission> = []
  const failed: Array<number> = []
  const full: Array<number> = []
  let isEmpty = true
  const pages = decoded.value.markdown.pages.toSorted((a, b) => a.page_number - b.page_number)
  const parts = pages.map((page) => {
    const number = page.page_number
    if (!page.success) {
      failed.push(number)
      leftOut.push({ kind: "page", page: number, count: 1, detail: "The parser could not read it." })
      return `${pageMark(number)}\n\n<!-- not parsed -->`
    }
    if (isFull(page.markdown)) full.push(number)
    const read = withoutEncoded(page.markdown, number)
    leftOut.push(...read.leftOut)
    // A line of the document that looks like a page mark would shift all later pages.
    const text = read.text.replaceAll(pageMarks(), "")
    isEmpty &&= text.trim() === ""
    return `${pageMark(number)}\n\n${text}`
  })
  const markdown = isEmpty ? undefined : canonicalText(parts.join("\n\n"))
  return { markdown, pages: pages.length, failed, leftOut, full }
}
