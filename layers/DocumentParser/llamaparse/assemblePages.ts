/** The pages of a parse → one Markdown text. A page may fail within a complete parse; a comment then marks its place. */
import { Schema } from "effect"
import { canonicalText, pageMark, pageMarks } from "../../../src/domain/text.ts"

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
  failed: Schema.Array(Schema.Int)
})

/** Undefined if the body has another shape. */
export const assemblePages = (body: string) => {
  const decoded = decode(body)
  if (decoded._tag === "None") return undefined
  const { pages } = decoded.value.markdown
  const failed = pages.filter((page) => !page.success).map((page) => page.page_number)
  const isEmpty = !pages.some((page) => page.success && page.markdown.trim() !== "")
  const parts = pages.toSorted((a, b) => a.page_number - b.page_number).map((page) =>
    // A line of the document that looks like a page mark would shift all later pages.
    `${pageMark(page.page_number)}\n\n${
      page.success ? page.markdown.replaceAll(pageMarks(), "") : "<!-- not parsed -->"
    }`
  )
  return { markdown: isEmpty ? undefined : canonicalText(parts.join("\n\n")), pages: pages.length, failed }
}
