/** A page's glyphs as PDFium sees them: the letters each stands for, and where it is. */
import type { Font, Fonts } from "./Fonts.ts"
import { toTurn, type Turn } from "./Frame.ts"
import { pageText, shownText } from "./pageText.ts"
import { floats, type Pdfium } from "./Pdfium.ts"

export interface Glyph {
  readonly text: string
  /** The box that it advances through, in points of the stored page. */
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly drawn: Drawn
  /** A space between it and the glyph before it. */
  readonly afterSpace: boolean
  /** PDFium infers a space from the gap before it. */
  readonly afterGap: boolean
}

/** What the glyphs of one drawing operation have in common. */
interface Drawn {
  readonly object: number
  readonly font: Font
  readonly size: number
  readonly turn: Turn
  /** A point of its base line. */
  readonly x: number
  readonly y: number
  /** Neither horizontal nor vertical, such as a watermark across the page. */
  readonly isSlanted: boolean
}

export interface Glyphs {
  readonly glyphs: ReadonlyArray<Glyph>
  /** Glyphs for which the font names no letter. */
  readonly unmapped: number
  /** Letters that are on a hidden layer. */
  readonly hidden: number
  /** The same text without our reading of it, for the inventory. */
  readonly source: string
}

/** In radians: text this close to an axis is read along it. */
const straight = 0.1

export const readGlyphs = (
  pdfium: Pdfium,
  page: number,
  fonts: Fonts,
  isHidden: (object: number) => boolean
): Glyphs => {
  const text = pdfium.FPDFText_LoadPage(page)
  if (text === 0) return { glyphs: [], unmapped: 0, hidden: 0, source: "" }
  try {
    const found = read(pdfium, text, fonts, isHidden)
    const isPlain = found.unmapped === 0 && found.hidden === 0
    return { ...found, source: isPlain ? pageText(pdfium, text) : shownText(pdfium, text, isHidden).text }
  } finally {
    pdfium.FPDFText_ClosePage(text)
  }
}

const read = (pdfium: Pdfium, page: number, fonts: Fonts, isHidden: (object: number) => boolean) => {
  const { memory, scratch } = pdfium
  const glyphs: Array<Glyph> = []
  const count = pdfium.FPDFText_CountChars(page)
  let unmapped = 0
  let afterSpace = false
  let afterGap = false
  let drawn: Drawn | undefined
  let isShown = true
  let hidden = 0
  for (let i = 0; i < count; i++) {
    const first = pdfium.FPDFText_GetUnicode(page, i)
    const second = isHighHalf(first) ? pdfium.FPDFText_GetUnicode(page, i + 1) : 0
    const code = isLowHalf(second) ? whole(first, second) : first
    const object = pdfium.FPDFText_GetTextObject(page, i)
    if (isSpace(code)) {
      // Spaces that PDFium infers from wide gaps and line ends are left to the layout.
      if (pdfium.FPDFText_IsGenerated(page, i) === 1) afterGap = true
      else if (object !== 0) afterSpace = true
      continue
    }
    if (drawn?.object !== object) {
      drawn = readDrawn(pdfium, page, i, object, fonts)
      isShown = !isHidden(object)
    }
    if (!isShown) {
      hidden++
      continue
    }
    if (isIgnorable(code) || (object === 0 && isControl(code))) continue
    if (code !== first) i++
    const isUnmapped = pdfium.FPDFText_HasUnicodeMapError(page, i) === 1
    const letters = isUnmapped ? unknown : lettersOf(code, drawn.font.isWingdings)
    if (letters === unknown) unmapped++
    pdfium.FPDFText_GetLooseCharBox(page, i, scratch)
    const { HEAPF32 } = memory
    const singles = scratch >> 2
    glyphs.push({
      text: letters,
      left: HEAPF32[singles] ?? 0,
      top: HEAPF32[singles + 1] ?? 0,
      right: HEAPF32[singles + 2] ?? 0,
      bottom: HEAPF32[singles + 3] ?? 0,
      drawn,
      afterSpace,
      afterGap
    })
    afterSpace = false
    afterGap = false
  }
  return { glyphs, unmapped, hidden }
}

const readDrawn = (pdfium: Pdfium, page: number, i: number, object: number, fonts: Fonts): Drawn => {
  const font = object === 0 ? 0 : pdfium.FPDFTextObj_GetFont(object)
  const size = pdfium.FPDFText_GetFontSize(page, i)
  pdfium.FPDFText_GetMatrix(page, i, pdfium.scratch)
  const [a = 1, b = 0, c = 0, d = 1] = floats(pdfium, 4)
  // A negative size turns the glyphs by a half.
  const angle = size < 0 ? Math.atan2(-b, -a) : Math.atan2(b, a)
  const quarters = Math.round(angle / (Math.PI / 2))
  pdfium.FPDFText_GetCharOrigin(page, i, pdfium.scratch, pdfium.scratch + 8)
  const at = pdfium.scratch >> 3
  return {
    object,
    x: pdfium.memory.HEAPF64[at] ?? 0,
    y: pdfium.memory.HEAPF64[at + 1] ?? 0,
    font: fonts(font),
    size: Math.abs(size) * Math.hypot(c, d) || 1,
    turn: toTurn(quarters),
    isSlanted: Math.abs(angle - quarters * (Math.PI / 2)) > straight
  }
}

/** PDFium gives letters beyond U+FFFF, such as those of formulas, in two halves. */
const isHighHalf = (code: number): boolean => code >= 0xd800 && code < 0xdc00
const isLowHalf = (code: number): boolean => code >= 0xdc00 && code < 0xe000
const whole = (high: number, low: number): number => 0x10000 + ((high - 0xd800) << 10) + low - 0xdc00

const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0xa0 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0x3000 ||
  (code >= 0x2000 && code <= 0x200a) || code === 0x202f

/** Invisible by intent: marks of direction, joiners. */
const isIgnorable = (code: number): boolean =>
  code === 0 || code === 0xfeff || (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x2069)

const isControl = (code: number): boolean => code < 0x20 || (code >= 0x7f && code < 0xa0)

/** Stands for a glyph that has no letter. */
export const unknown = "\ufffd"

/** Old-style figures in the private area that Adobe's glyph list gives them. */
const oldStyleZero = 0xf730
/** Where symbol fonts keep their signs. */
const symbols = 0xf000
const compatible = /[\ufb00-\ufb06\ufb1d-\ufb4f\ufb50-\ufdff\ufe70-\ufefc\u{1d400}-\u{1d7ff}]/u
const wingdings: ReadonlyMap<number, string> = new Map([
  [0x6f, "☐"],
  [0x71, "☐"],
  [0x72, "☐"],
  [0x78, "☒"],
  [0xa8, "☐"],
  [0xfb, "✗"],
  [0xfc, "✓"],
  [0xfd, "☒"],
  [0xfe, "☑"]
])

/** How PDFium marks a hyphen at a line's end. */
const lineEndHyphen = 0x02

const lettersOf = (code: number, isWingdings: boolean): string => {
  if (code === lineEndHyphen) return "-"
  if (isWingdings) return wingdings.get(code >= symbols ? code - symbols : code) ?? unknown
  if (code >= oldStyleZero && code < oldStyleZero + 10) return String(code - oldStyleZero)
  const isPrivate = code >= 0xe000 && code <= 0xf8ff
  const isNone = (code >= 0xfff0 && code < 0x10000) || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff
  if (isPrivate || isNone || isControl(code)) return unknown
  const text = String.fromCodePoint(code)
  return compatible.test(text) ? text.normalize("NFKC") : text
}
