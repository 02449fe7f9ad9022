/** Words whose letters are set apart: their letters are moved together, so that only the gaps between words remain. */
import type { Frame } from "./Frame.ts"
import type { Glyph } from "./readGlyphs.ts"

/** Fewer letters in a line may be cells, or a list of letters. */
const leastLetters = 6
/** In type sizes: the gap between letters that are set apart. A wider one is between columns. */
const apart = { least: 0.12, most: 0.9 }
/** How much wider a gap between words is than one between letters. */
const wordGap = 0.25
/** Of the gaps, in order of size: the one that shows the distance of letters. */
const usualGap = 0.3

export const closeUp = (glyphs: ReadonlyArray<Glyph>, frame: Frame): ReadonlyArray<Glyph> => {
  const out: Array<Glyph> = []
  let line: Array<Glyph> = []
  for (const glyph of glyphs) {
    const last = line.at(-1)
    if (last !== undefined && !isBeside(last, glyph, frame)) {
      out.push(...closeLine(line, frame))
      line = []
    }
    line.push(glyph)
  }
  return [...out, ...closeLine(line, frame)]
}

const left = (glyph: Glyph, frame: Frame): number =>
  Math.min(frame.x(glyph.left, glyph.bottom), frame.x(glyph.right, glyph.top))
const right = (glyph: Glyph, frame: Frame): number =>
  Math.max(frame.x(glyph.left, glyph.bottom), frame.x(glyph.right, glyph.top))

const isBeside = (a: Glyph, b: Glyph, frame: Frame): boolean =>
  a.drawn.font === b.drawn.font && !b.drawn.isSlanted && Math.abs(a.drawn.size - b.drawn.size) < 0.02 * b.drawn.size &&
  Math.abs(frame.y(a.drawn.x, a.drawn.y) - frame.y(b.drawn.x, b.drawn.y)) < 0.05 * b.drawn.size

const closeLine = (line: ReadonlyArray<Glyph>, frame: Frame): ReadonlyArray<Glyph> => {
  if (line.length < leastLetters) return line
  const gaps = line.slice(1).map((glyph, i) => {
    const before = line[i]
    return before === undefined ? 0 : (left(glyph, frame) - right(before, frame)) / glyph.drawn.size
  })
  if (gaps.filter((gap) => gap >= apart.least).length < (1 - usualGap) * gaps.length) return line
  const letters = line.filter((glyph) => /^\p{L}$/u.test(glyph.text))
  if (letters.length < leastLetters || letters.length * 4 < line.length * 3) return line
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length * usualGap)] ?? 0
  if (usual < apart.least || usual > apart.most || Math.min(...gaps) < usual / 2) return line
  return line.map((glyph, i) => {
    const gap = gaps[i - 1]
    if (gap === undefined) return glyph
    const isWord = gap > usual + wordGap
    // The box reaches back to the letter before, or to a space after it.
    const reach = (isWord ? Math.min(gap, usual) : gap) * glyph.drawn.size
    return { ...reachBack(glyph, reach), afterSpace: isWord, afterGap: false }
  })
}

const reachBack = (glyph: Glyph, reach: number): Glyph => {
  switch (glyph.drawn.turn) {
    case 0:
      return { ...glyph, left: glyph.left - reach }
    case 1:
      return { ...glyph, bottom: glyph.bottom - reach }
    case 2:
      return { ...glyph, right: glyph.right + reach }
    case 3:
      return { ...glyph, top: glyph.top + reach }
  }
}
