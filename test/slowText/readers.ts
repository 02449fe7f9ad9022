/** Every reader of input from users and providers, by name; each reads one text to the end. */
import { Effect, Schema } from "effect"
import { assemblePages } from "../../layers/DocumentParser/llamaparse/assemblePages.ts"
import { failedParse, toServiceError } from "../../layers/DocumentParser/llamaparse/toServiceError.ts"
import { htmlToMarkdown } from "../../layers/DocumentParser/local/html/htmlToMarkdown.ts"
import { toRows } from "../../layers/DocumentParser/local/pdf/pdfRows.ts"
import { pdfToMarkdown } from "../../layers/DocumentParser/local/pdf/pdfToMarkdown.ts"
import { csvToMarkdown } from "../../layers/DocumentParser/local/text/csvToMarkdown.ts"
import { declaredCharset, decodeText } from "../../layers/DocumentParser/local/text/decodeText.ts"
import { formula } from "../../layers/DocumentParser/local/text/formula.ts"
import { readMarkdown, readPlainText } from "../../layers/DocumentParser/local/text/readMarkdown.ts"
import { withoutEncoded } from "../../layers/DocumentParser/local/text/withoutEncoded.ts"
import { admitUrl } from "../../layers/Egress/admitUrl.ts"
import { faultOf } from "../../layers/ObjectStorage/supabase/StorageFault.ts"
import { Metadata } from "../../src/api/fields.ts"
import { ProviderReset } from "../../src/api/operations.ts"
import { TrimmedText } from "../../src/api/PlainText.ts"
import { chunkers } from "../../src/chunking/chunkers.ts"
import { printable } from "../../src/cli/terminal/printable.ts"
import { cleanName } from "../../src/domain/cleanName.ts"
import { countPages } from "../../src/domain/countPages.ts"
import { redact } from "../../src/domain/redact.ts"
import { sniff } from "../../src/domain/sniff.ts"
import { surveyInParts } from "../../src/domain/survey.ts"
import { canonicalText, cutSentence, cutText } from "../../src/domain/text.ts"

const bytesOf = (text: string) => new TextEncoder().encode(text)
const refuses = (decode: (input: unknown) => unknown) => (text: string) => void decode(text)
const lineOfPdf = (text: string, size: number) => ({
  text,
  x0: 60,
  x1: 500,
  y: 400,
  size,
  bold: false,
  italic: false,
  mono: false,
  afterSpace: false,
  isTurned: false
})
const pdf = (text: string, size: number) => {
  const rows = toRows([lineOfPdf(text, size), { ...lineOfPdf(text, 10), y: 414 }], 600)
  pdfToMarkdown([{ width: 600, height: 800, rows }])
}

export const readers: Readonly<Record<string, (text: string) => unknown>> = {
  "the type by the first bytes": (text) => sniff(bytesOf(text), "file"),
  "the type of all bytes": (text) => sniff(bytesOf(`\u0000${text}`), "a.docx"),
  "a file's name": cleanName,
  "the count of pages": (text) => countPages().add(bytesOf(text)),
  "the encoding": (text) => decodeText(bytesOf(text), () => declaredCharset(bytesOf(text))),
  "an old encoding": (text) => decodeText(Buffer.from(`\u00e9${text}`, "latin1")),
  "HTML": htmlToMarkdown,
  "XHTML": (text) => htmlToMarkdown(`<?xml version="1.0"?><html>${text}`),
  "a formula": formula,
  "CSV": csvToMarkdown,
  "Markdown as a file": readMarkdown,
  "a text with encoded parts": withoutEncoded,
  "plain text as a file": (text) => [readPlainText(text, "a.txt"), readPlainText(text, "a.rst")],
  "a paragraph of HTML": (text) => htmlToMarkdown(`<p>${text.replaceAll("<", "&lt;")}`),
  "a cell of an HTML table": (text) => htmlToMarkdown(`<table><tr><td>${text}<td>b<tr><td>c<td>d`),
  "code in HTML": (text) => htmlToMarkdown(`<pre>${text}`),
  "a link in HTML": (text) => htmlToMarkdown(`<a href="${text.replaceAll("\"", "")}">here</a>`),
  "a line of a PDF": (text) => pdf(text, 10),
  "a heading of a PDF": (text) => pdf(text.slice(0, 190), 30),
  "plain text and Markdown": canonicalText,
  "the survey of a text": (text) => {
    const { add, end } = surveyInParts()
    for (let at = 0; at < text.length; at += 1_000) add(text.slice(at, at + 1_000))
    return end()
  },
  "markdown-simple@1": (text) => [...chunkers["markdown-simple@1"](canonicalText(text), "text.md")],
  "markdown-structure@1": (text) => [...chunkers["markdown-structure@1"](canonicalText(text), "text.md")],
  "a heading for the chunker": (
    text
  ) => [...chunkers["markdown-structure@1"](`# ${text.replaceAll("\n", " ")}\n`, "text.md")],
  "words without our key": (text) => redact(text, ["llx-4f7c09a2b1d85e63"]),
  "words cut for a row": (text) => [cutText(text, 255), cutSentence(text)],
  "a refusal of LlamaParse": (text) =>
    toServiceError({ _tag: "Status", status: 400, body: JSON.stringify({ detail: text }) }),
  "a failed parse of LlamaParse": (text) => failedParse("pjb-1", text),
  "a result of LlamaParse": (text) =>
    assemblePages(JSON.stringify({ markdown: { pages: [{ page_number: 1, success: true, markdown: text }] } })),
  "a refusal of the storage": (text) => faultOf(400, JSON.stringify({ code: text, message: text })),
  "a search": refuses(Schema.decodeUnknownExit(TrimmedText)),
  "metadata": (text) => Schema.decodeUnknownExit(Metadata)({ [text]: text }),
  "an operator's reason": (text) => Schema.decodeUnknownExit(ProviderReset)({ reason: text }),
  "a webhook's address": (text) =>
    Effect.runSyncExit(admitUrl(`https://example.org/${text}`, { allowPrivate: false, httpsOnly: true })),
  "a line on a terminal": printable
}
