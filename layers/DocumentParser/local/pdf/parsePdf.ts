/** PDF → Markdown with page marks. Page by page, so that memory follows the text and not the file; no font or script is run. */
import { fileURLToPath } from "node:url"
import {
  getDocument,
  type PDFDocumentProxy,
  type PDFPageProxy,
  Util,
  VerbosityLevel
} from "pdfjs-dist/legacy/build/pdf.mjs"
import { ParseFailure } from "../ParseFailure.ts"
import { toRows } from "./pdfRows.ts"
import type { Page, Run } from "./pdfText.ts"
import { pdfToMarkdown } from "./pdfToMarkdown.ts"
import { readLigatures, respell } from "./readLigatures.ts"

export interface Parsed {
  readonly markdown: string
  readonly pages: number
}

export interface PdfLimits {
  readonly maxPages: number
  /** Most pages without a text layer that are read by OCR. */
  readonly maxScans: number
}

/** `onScans` receives the number of pages that may need OCR, before the first is read. */
export const parsePdf = async (
  bytes: Uint8Array,
  limits: PdfLimits,
  languages: ReadonlyArray<string>,
  onScans: (pages: number) => void
): Promise<Parsed> => {
  try {
    const { damage, data, pages } = await readTextLayer(bytes, limits)
    const blank = pages.flatMap((page, i) => page.rows.length === 0 ? [i + 1] : [])
    if (data === undefined || blank.length === 0) return { markdown: pdfToMarkdown(pages), pages: pages.length }
    if (blank.length === pages.length && blank.length > limits.maxScans) {
      throw new ParseFailure(
        "PARSE_TOO_COMPLEX",
        `None of the PDF's ${pages.length} pages has a text layer; at most ${limits.maxScans} are read by OCR.`
      )
    }
    const chosen = blank.slice(0, limits.maxScans)
    onScans(chosen.length)
    const { readScans } = await import("./readScans.ts")
    const scans = await readScans(data, chosen, languages)
    const unread = new Set(blank.slice(limits.maxScans))
    const all = pages.map((page, i) => unread.has(i + 1) ? { ...page, isUnread: true } : scans.pages.get(i + 1) ?? page)
    if (all.every((page) => page.rows.length === 0)) {
      throw damage ?? scans.damage ?? noText(pages.length, scans.pictures, languages)
    }
    return { markdown: pdfToMarkdown(all), pages: all.length }
  } catch (cause) {
    throw refusal(cause)
  }
}

const noText = (pages: number, pictures: number, languages: ReadonlyArray<string>): ParseFailure =>
  new ParseFailure(
    "NO_TEXT",
    pictures === 0
      ? `None of the PDF's ${pages} pages has text, or a picture that text could be in.`
      : `None of the PDF's ${pages} pages has a text layer, and OCR (${languages.join(", ")}) found no legible text.`
  )

/** `data` provides the document's bytes again if a page has no text. */
const readTextLayer = async (bytes: Uint8Array, limits: PdfLimits) => {
  const task = getDocument({
    data: bytes,
    verbosity: VerbosityLevel.ERRORS,
    // Tables of Chinese, Japanese and Korean encodings, read from the package.
    cMapUrl: fileURLToPath(new URL("../../cmaps/", import.meta.resolve("pdfjs-dist/legacy/build/pdf.mjs"))),
    cMapPacked: true,
    // Without this, fonts have no name, and only the name tells whether a font is bold.
    fontExtraProperties: true,
    disableFontFace: true,
    useSystemFonts: false,
    useWasm: false,
    enableXfa: false,
    // No picture is decoded.
    maxImageSize: 1
  })
  try {
    const document = await task.promise
    if (document.numPages > limits.maxPages) {
      throw new ParseFailure(
        "TOO_MANY_PAGES",
        `The PDF has ${document.numPages} pages; the limit is ${limits.maxPages}.`
      )
    }
    const { damage, pages } = await readPages(document)
    const data = pages.some((page) => page.rows.length === 0) ? await document.getData() : undefined
    return { damage, data, pages }
  } finally {
    await task.destroy()
  }
}

const refusal = (cause: unknown): unknown => {
  if (cause instanceof ParseFailure || cause instanceof RangeError || !(cause instanceof Error)) return cause
  return cause.name === "PasswordException"
    ? new ParseFailure("ENCRYPTED", "The PDF is password-protected.", cause)
    : new ParseFailure("PARSE_CORRUPT", `The PDF is damaged: ${cause.message.replace(/\.$/, "")}.`, cause)
}

const readPages = async (document: PDFDocumentProxy) => {
  const fonts = new Map<string, Font>()
  const pages: Array<Page> = []
  let damage: unknown
  for (let number = 1; number <= document.numPages; number++) {
    try {
      const page = await document.getPage(number)
      pages.push(await readPage(page, fonts))
      page.cleanup()
    } catch (cause) {
      if (cause instanceof RangeError) throw cause
      // A broken page does not fail the others.
      damage ??= cause
      pages.push({ height: 0, rows: [], width: 0 })
    }
  }
  return { damage, pages }
}

interface Font {
  readonly bold: boolean
  readonly italic: boolean
  readonly mono: boolean
}

const readPage = async (page: PDFPageProxy, fonts: Map<string, Font>): Promise<Page> => {
  const content = await page.getTextContent()
  if (Object.keys(content.styles).some((name) => !fonts.has(name))) await readFonts(page, content.styles, fonts)
  const { height, transform, width } = page.getViewport({ scale: 1 })
  const isArabic = content.items.some((item) => "str" in item && /[\u0600-\u06ff]/.test(item.str))
  const ligatures = isArabic ? await readLigatures(page) : new Map<string, string>()
  const runs: Array<Run> = []
  let afterSpace = false
  for (const item of content.items) {
    if (!("str" in item) || item.str === "") continue
    if (item.str.trim() === "") {
      afterSpace = true
      continue
    }
    const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0]: Array<number> = Util.transform(transform, item.transform)
    const font = fonts.get(item.fontName)
    const isTurned = Math.abs(b) > Math.abs(a) * 0.1
    runs.push({
      text: respell(item.str, ligatures).replaceAll(/\s+/g, " "),
      x0: x,
      x1: isTurned ? x + Math.hypot(c, d) : x + item.width,
      y,
      size: Math.hypot(c, d) || item.height || 1,
      bold: font?.bold ?? false,
      italic: font?.italic ?? false,
      mono: font?.mono ?? false,
      afterSpace,
      isTurned
    })
    afterSpace = false
  }
  return { height, rows: toRows(runs, width), width }
}

/** Fonts are loaded with a page's drawing operators, which are only built for pages with a new font. */
const readFonts = async (
  page: PDFPageProxy,
  styles: Readonly<Record<string, { readonly fontFamily: string }>>,
  fonts: Map<string, Font>
) => {
  await page.getOperatorList()
  for (const [key, style] of Object.entries(styles)) {
    const font: unknown = page.commonObjs.has(key) ? page.commonObjs.get(key) : undefined
    const name = typeof font === "object" && font !== null && "name" in font ? String(font.name) : ""
    fonts.set(key, {
      bold: /bold|black|heavy|demi|CMBX|BX\d/i.test(name),
      italic: /italic|oblique|slant|CMTI|TI\d/i.test(name),
      mono: /mono|courier|consol|CMTT|typewriter/i.test(name) || (name === "" && style.fontFamily === "monospace")
    })
  }
}
