/** A mail's parts: its subject, its body, and its attachments by name. */
import type { Email } from "postal-mime"
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import { parseHtml } from "../html/htmlToMarkdown.ts"
import { withoutEncoded } from "../text/withoutEncoded.ts"
import { linesOf } from "./htmlSource.ts"

export const mailSource = ({ attachments, html, subject = "", text = "" }: Email): Source => ({
  pages: [{
    number: 0,
    lines: [...asLines(subject), ...html === undefined ? asLines(text) : linesOf(parseHtml(html))],
    isScan: false
  }],
  attachmentNames: attachments.flatMap(({ filename, mimeType, related }) =>
    filename === null || (related === true && mimeType.startsWith("image/")) ? [] : [filename]
  )
})

const asLines = (text: string): ReadonlyArray<SourceLine> =>
  withoutEncoded(text).text.split("\n").map((line): SourceLine => ({ text: line, kind: "lines" }))
