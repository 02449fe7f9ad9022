/** Bytes of any type → canonical Markdown, or the reason for failure. Loads a format's library on demand. */
import type { Comparison, Omission } from "../../../src/domain/coverage/Coverage.ts"
import type { Source } from "../../../src/domain/coverage/Source.ts"
import { isLocal, localNames, type LocalType } from "../../../src/domain/formats.ts"
import { giveBack } from "../../../src/domain/giveBack.ts"
import { contradicts, docx, mediaTypes, pptx, xlsx } from "../../../src/domain/mediaType.ts"
import { sniff } from "../../../src/domain/sniff.ts"
import { canonicalText } from "../../../src/domain/text.ts"
import { attachments } from "../../../src/policy/attachments.ts"
import { longText } from "../../../src/policy/limits.ts"
import type { MailFile } from "./mail/filesOf.ts"
import { ParseFailure } from "./ParseFailure.ts"
import { compareSource } from "./source/compareSource.ts"
import type { ParseTask } from "./threads/ParseThread.ts"

export interface ParsedText {
  readonly markdown: string
  readonly pages: number
  readonly leftOut?: ReadonlyArray<Omission>
  /** The source compared with the text, for formats that have an inventory. */
  readonly comparison?: Comparison
}

/** Before the text is compared. */
export interface Read extends Omit<ParsedText, "comparison"> {
  readonly source?: () => Source
}

/** `onScans` receives the number of pages that may need OCR, before the first is read. */
export const parseDocument = async (task: ParseTask, onScans: (pages: number) => void): Promise<ParsedText> => {
  const { source, ...read } = await readDocument(task, onScans)
  return source === undefined ? read : { ...read, comparison: await compareSource(source, read.markdown) }
}

/** Without the comparison, for a benchmark of what it costs. */
export const readDocument = async (task: ParseTask, onScans: (pages: number) => void): Promise<Read> => {
  const { bytes, filename } = task
  const type = sniff(bytes, filename)
  const extension = filename.slice(filename.lastIndexOf(".")).toLowerCase()
  if (type === "application/x-empty") throw new ParseFailure("EMPTY_FILE", "The file has no bytes.")
  if (type === "application/x-encrypted-office") {
    throw new ParseFailure("ENCRYPTED", "The Office document is password-protected.")
  }
  if (contradicts(filename, type)) {
    throw new ParseFailure("TYPE_MISMATCH", `The name ends in ${extension}, but the file is ${mediaTypes[type]}.`)
  }
  if (type === "application/vnd.openxmlformats-officedocument") {
    throw new ParseFailure("PARSE_CORRUPT", "The Office document is damaged: its text is missing.")
  }
  if (!isLocal(type)) {
    throw new ParseFailure(
      "UNSUPPORTED_TYPE",
      `The file is ${mediaTypes[type]}. The local parser reads ${localNames.join(", ")}.`
    )
  }
  const { leftOut = [], markdown, pages, source } = await parseAs(type, task, onScans)
  const text = canonicalText(markdown)
  // Page marks are not words of the document.
  if (!/[\p{L}\p{N}]/u.test(pages === 0 ? text : text.replaceAll(/^<!-- page \d+ -->$/gm, ""))) {
    throw new ParseFailure("NO_TEXT", `The file is ${mediaTypes[type]} without any words.`)
  }
  return {
    markdown: text,
    pages,
    ...leftOut.length > 0 ? { leftOut } : {},
    ...source === undefined ? {} : { source }
  }
}

const parseAs = async (
  type: LocalType,
  task: ParseTask,
  onScans: (pages: number) => void
): Promise<Read> => {
  const { bytes, filename, languages, limits } = task
  switch (type) {
    case "application/pdf": {
      if (task.ocrPages !== undefined) {
        const { ocrPages } = await import("./pdf/ocrPages.ts")
        return await ocrPages(bytes, task.ocrPages, languages, onScans)
      }
      const { parsePdf } = await import("./pdf/parsePdf.ts")
      const { source, ...parsed } = await parsePdf(bytes, limits, languages, onScans)
      return { ...parsed, source: () => source }
    }
    case docx: {
      const { parseDocx } = await import("./docx/parseDocx.ts")
      const { openWord } = await import("./docx/readDocx.ts")
      const { docxSource } = await import("./source/docxSource.ts")
      const archive = openWord(asBuffer(bytes))
      return { markdown: await parseDocx(archive), pages: 0, source: () => docxSource(archive) }
    }
    case xlsx: {
      const { openWorkbook, parseXlsx } = await import("./xlsx/parseXlsx.ts")
      const { sheetsSource } = await import("./source/sheetsSource.ts")
      const archive = openWorkbook(asBuffer(bytes))
      return { ...parseXlsx(archive), pages: 0, source: () => sheetsSource(archive) }
    }
    case pptx: {
      const { openPresentation, parsePptx } = await import("./pptx/parsePptx.ts")
      const { slidesSource } = await import("./source/slidesSource.ts")
      const archive = openPresentation(asBuffer(bytes))
      return { ...parsePptx(archive), source: () => slidesSource(archive) }
    }
    case "image/png":
    case "image/jpeg":
    case "image/tiff": {
      const { parseImage } = await import("./image/parseImage.ts")
      onScans(1)
      return await parseImage(asBuffer(bytes), languages)
    }
    case "message/rfc822": {
      const { parseMail } = await import("./mail/parseMail.ts")
      const { files, ...mail } = await parseMail(bytes)
      const attached = task.withAttachments === true ? await textsOf(files, task, onScans) : []
      return { ...mail, markdown: [mail.markdown, ...attached].join("\n\n"), pages: 0 }
    }
    case "multipart/related": {
      const { pageOfMail } = await import("./mail/readMail.ts")
      return await parsePage(await pageOfMail(bytes))
    }
    case "text/html": {
      const { declaredCharset, decodeText } = await import("./text/decodeText.ts")
      return await parsePage(decodeText(bytes, () => declaredCharset(bytes)))
    }
    case "text/csv": {
      const { csvToMarkdown } = await import("./text/csvToMarkdown.ts")
      const { decodeText } = await import("./text/decodeText.ts")
      return { markdown: csvToMarkdown(decodeText(bytes)), pages: 0 }
    }
    case "text/markdown":
    case "text/plain": {
      const { decodeText } = await import("./text/decodeText.ts")
      const { readMarkdown, readPlainText } = await import("./text/readMarkdown.ts")
      const { withoutEncoded } = await import("./text/withoutEncoded.ts")
      const { leftOut, text } = withoutEncoded(decodeText(bytes))
      // The thread owns them and needs only the text from here on. They are a third of the memory that a long text takes.
      if (bytes.length > longText) giveBack(bytes)
      const markdown = type === "text/markdown" ? readMarkdown(text) : readPlainText(text, filename)
      return { markdown, leftOut, pages: 0 }
    }
  }
}

/** What of them can be read. */
const textsOf = async (
  files: ReadonlyArray<MailFile>,
  task: ParseTask,
  onScans: (pages: number) => void
): Promise<ReadonlyArray<string>> => {
  const depth = (task.depth ?? 0) + 1
  const texts: Array<string> = []
  for (const { content, name } of depth > attachments.deepest ? [] : files.slice(0, attachments.most)) {
    if (content === undefined) continue
    try {
      texts.push((await parseDocument({ ...task, bytes: content, filename: name, depth }, onScans)).markdown.trimEnd())
    } catch (cause) {
      if (!(cause instanceof ParseFailure)) throw cause
    }
  }
  return texts
}

const parsePage = async (html: string): Promise<Read> => {
  const { parseHtml, treeToMarkdown } = await import("./html/htmlToMarkdown.ts")
  const { htmlSource } = await import("./source/htmlSource.ts")
  const tree = parseHtml(html)
  return { markdown: treeToMarkdown(tree, new Map()), pages: 0, source: () => htmlSource(tree) }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
