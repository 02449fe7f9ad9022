/** A mail's subject and its body; attachments are documents of their own. */
import type { Email } from "postal-mime"
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import { parseHtml } from "../html/htmlToMarkdown.ts"
import { withoutEncoded } from "../text/withoutEncoded.ts"
import { linesOf } from "./htmlSource.ts"

export const mailSource = (
  { html, subject = "", text = "" }: Email,
  page = html === undefined ? undefined : parseHtml(html)
): Source => ({
  pages: [{
    number: 0,
    lines: [...asLines(subject), ...page === undefined ? asLines(text) : linesOf(page)],
    isScan: false
  }]
})

const asLines = (text: string): ReadonlyArray<SourceLine> =>
  withoutEncoded(text).text.split("\n").map((line): SourceLine => ({ text: line, kind: "lines" }))
