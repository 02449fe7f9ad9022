/** Glyphs side by side → runs of text, with accents on their letters and right-to-left text in logical order. */
import type { Run } from "../pdfText.ts"
import { closeUp } from "./closeUp.ts"
import type { Frame } from "./Frame.ts"
import { type Glyph, unknown } from "./readGlyphs.ts"

/** Of the type size: a wider gap begins a new run. */
const widestGap = 0.2
/** The same if there is a space in it. */
const widestSpace = 1
/** A narrower gap is no space, although PDFium infers one. */
const leastInferred = 0.12
/** How far a glyph may reach back over the one before it. */
const widestOverlap = 0.5
/** A raised or lowered glyph is a run of its own. */
const sameLine = 0.05
const sameSize = 0.02

interface Placed {
  text: string
  x0: number
  x1: number
  y: number
}

interface Open extends Placed {
  readonly glyph: Glyph
  /** The last glyph and its drawing operation. */
  last: Placed
  object: number
  afterSpace: boolean
  isBackwards: boolean | undefined
}

export const toRuns = (drawn: ReadonlyArray<Glyph>, frame: Frame): ReadonlyArray<Run> => {
  const glyphs = closeUp(drawn, frame)
  const runs: Array<Run> = []
  let open: Open | undefined
  let accent: Placed | undefined
  const close = () => {
    if (open !== undefined) runs.push(finish(open))
    open = undefined
  }
  const add = (glyph: Glyph, placed: Placed) => {
    if (open === undefined || !append(open, glyph, placed)) {
      close()
      open = {
        ...placed,
        glyph,
        last: placed,
        object: glyph.drawn.object,
        afterSpace: glyph.afterSpace,
        isBackwards: directionOf(placed.text)
      }
    }
  }
  let accentGlyph: Glyph | undefined
  for (const glyph of glyphs) {
    const placed = placeGlyph(glyph, frame)
    const mark = marks.get(placed.text) ?? (/^\p{M}+$/u.test(placed.text) ? placed.text : undefined)
    if (mark !== undefined) {
      if (open !== undefined && isOver(placed, open.last)) accentOn(open, mark)
      else {
        if (accent !== undefined && accentGlyph !== undefined) add(accentGlyph, accent)
        accent = { ...placed }
        accentGlyph = glyph
      }
      continue
    }
    if (accent !== undefined && accentGlyph !== undefined) {
      const combining = marks.get(accent.text) ?? accent.text
      if (isOver(accent, placed)) {
        placed.text = (placed.text + combining).normalize("NFC")
        add(accentGlyph.afterSpace ? { ...glyph, afterSpace: true } : glyph, placed)
        accent = undefined
        continue
      }
      add(accentGlyph, accent)
      accent = undefined
    }
    add(glyph, placed)
  }
  if (accent !== undefined && accentGlyph !== undefined) add(accentGlyph, accent)
  close()
  // Glyphs without letters may have spaces between them.
  return runs.filter((run) => run.text.trim() !== "")
}

/** Accents that a font draws as signs of their own → the mark that joins the letter. */
const marks: ReadonlyMap<string, string> = new Map([
  ["`", "\u0300"],
  ["\u00b4", "\u0301"],
  ["\u02ca", "\u0301"],
  ["\u02cb", "\u0300"],
  ["^", "\u0302"],
  ["\u02c6", "\u0302"],
  ["~", "\u0303"],
  ["\u02dc", "\u0303"],
  ["\u00af", "\u0304"],
  ["\u02c9", "\u0304"],
  ["\u02d8", "\u0306"],
  ["\u02d9", "\u0307"],
  ["\u00a8", "\u0308"],
  ["\u02da", "\u030a"],
  ["\u02dd", "\u030b"],
  ["\u02c7", "\u030c"],
  ["\u00b8", "\u0327"],
  ["\u02db", "\u0328"]
])

const isOver = (accent: Placed, letter: Placed): boolean => {
  const middle = (accent.x0 + accent.x1) / 2
  return /\p{L}\p{M}*$/u.test(letter.text) && middle > letter.x0 && middle < letter.x1 &&
    Math.abs(accent.y - letter.y) < (letter.x1 - letter.x0) * 2
}

const accentOn = (open: Open, mark: string) => {
  open.text = (open.text + mark).normalize("NFC")
  open.last = { ...open.last, text: (open.last.text + mark).normalize("NFC") }
}

const placeGlyph = (glyph: Glyph, frame: Frame): Placed => {
  const a = frame.x(glyph.left, glyph.bottom)
  const b = frame.x(glyph.right, glyph.top)
  return { text: glyph.text, x0: Math.min(a, b), x1: Math.max(a, b), y: frame.y(glyph.drawn.x, glyph.drawn.y) }
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
const digits = /[\u0660-\u0669\u06f0-\u06f9]/

/** True from right to left, false from left to right, undefined for signs without a direction. */
const directionOf = (text: string): boolean | undefined =>
  rightToLeft.test(text) && !digits.test(text) ? true : /[\p{L}\p{N}]/u.test(text) ? false : undefined

/** False if it begins a new run. */
const append = (open: Open, glyph: Glyph, placed: Placed): boolean => {
  const { drawn } = glyph
  const before = open.glyph.drawn
  const { size } = drawn
  if (before.font !== drawn.font || Math.abs(before.size - size) > sameSize * size) return false
  if (drawn.isSlanted || before.isSlanted) {
    if (before.object !== drawn.object) return false
    open.text += (glyph.afterSpace ? " " : "") + placed.text
    return true
  }
  if (Math.abs(placed.y - open.last.y) > sameLine * size) return false
  const direction = directionOf(placed.text)
  if (direction !== undefined && open.isBackwards !== undefined && direction !== open.isBackwards) return false
  const isBackwards = direction ?? open.isBackwards ?? false
  // A ligature's letters share one place. From right to left, PDFium gives them in the order of the page, not of the word.
  if ((isBackwards || open.object === drawn.object) && placed.x0 === open.last.x0 && placed.x1 === open.last.x1) {
    const start = open.text.length - open.last.text.length
    const text = isBackwards ? placed.text + open.last.text : open.last.text + placed.text
    open.text = open.text.slice(0, start) + text
    open.last = { ...placed, text }
    return true
  }
  const gap = isBackwards ? open.last.x0 - placed.x1 : placed.x0 - open.last.x1
  if (gap < -widestOverlap * size || gap > (glyph.afterSpace ? widestSpace : widestGap) * size) return false
  const isWord = (glyph.afterSpace && gap > -0.1 * size) || (gap > leastInferred * size && endsWord(open, glyph))
  open.text += (isWord ? " " : "") + placed.text
  open.isBackwards ??= direction
  open.last = placed
  open.object = drawn.object
  open.x0 = Math.min(open.x0, placed.x0)
  open.x1 = Math.max(open.x1, placed.x1)
  return true
}

/** Letters of one width have gaps of their own, and no space is before a sign that ends a phrase. */
const endsWord = ({ last }: Open, { afterGap, drawn, text }: Glyph): boolean =>
  afterGap && !drawn.font.mono && !/^[\p{Pe}\p{Pf},.;:!?]/u.test(text) && !/[\p{Ps}\p{Pi}]$/u.test(last.text)

/** A sign without a letter that stands alone marks an item of a list; others would cut words. */
const withoutUnknown = (text: string): string => text === unknown ? "•" : text.replaceAll(unknown, "")

const finish = ({ afterSpace, glyph: { drawn }, text, x0, x1, y }: Open): Run => ({
  text: withoutUnknown(text),
  x0,
  x1,
  y,
  size: drawn.size,
  bold: drawn.font.bold,
  italic: drawn.font.italic,
  mono: drawn.font.mono,
  afterSpace,
  isTurned: drawn.isSlanted,
  ...text.includes(unknown) ? { isPartial: true } : {}
})
