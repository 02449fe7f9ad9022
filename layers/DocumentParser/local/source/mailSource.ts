/** A mail's subject and its body; attachments are documents of their own. */
import type { Email } from "postal-mime"
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import { parseHtml } from "../html/htmlToMarkdown.ts"
import { withoutEncoded } from "../text/withoutEncoded.ts"
import { linesOf } from "./htmlSource.ts"

export const mailSource = ({ html, subject = "", text = "" }: Email): Source => ({
  pages: [{
    number: 0,
    lines: [...asLines(subject), ...html === undefined ? asLines(text) : linesOf(parseHtml(html))],
    isScan: false
  }]
})

const asLines = (text: string): ReadonlyArray<SourceLine> =>
  withoutEncoded(text).text.split("\n").map((line): SourceLine => ({ text: line, kind: "lines" }))
