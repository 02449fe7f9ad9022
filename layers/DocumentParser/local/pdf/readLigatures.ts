/**
 * In Arabic, lam and alef form one glyph for two letters. pdf.js reverses a line letter by letter, which swaps the two; the
 * glyphs tell which words are affected.
 */
import { OPS, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs"

const letter = /[\u0600-\u06ff\u0750-\u077f]/

/** The words of a page as pdf.js spells them → their correct spelling. */
export const readLigatures = async (page: PDFPageProxy): Promise<ReadonlyMap<string, string>> => {
  const { argsArray, fnArray } = await page.getOperatorList()
  const spelled = new Map<string, string>()
  let across: Array<string> = []
  fnArray.forEach((operation, i) => {
    if (operation !== OPS.showText) return
    // A word may be drawn in one operation or in several.
    let within: Array<string> = []
    for (const text of glyphTexts(argsArray[i])) {
      if (letter.test(text)) {
        within.push(text)
        across.push(text)
        continue
      }
      note(spelled, within)
      note(spelled, across)
      within = []
      across = []
    }
    note(spelled, within)
  })
  note(spelled, across)
  return spelled
}

export const respell = (text: string, spelled: ReadonlyMap<string, string>): string =>
  text.replaceAll(/[\u0600-\u06ff\u0750-\u077f]+/g, (word) => spelled.get(word) ?? word)

const note = (spelled: Map<string, string>, glyphs: ReadonlyArray<string>) => {
  const turned = [...glyphs.join("")].toReversed().join("")
  const right = glyphs.toReversed().join("")
  if (turned !== right) spelled.set(turned, right)
}

/** What a `showText` draws, left to right; the numbers between move the pen. */
const glyphTexts = (args: unknown): ReadonlyArray<string> => {
  const [glyphs]: ReadonlyArray<unknown> = Array.isArray(args) ? args : []
  return (Array.isArray(glyphs) ? glyphs : []).flatMap((glyph: unknown) =>
    typeof glyph === "object" && glyph !== null && "unicode" in glyph && typeof glyph.unicode === "string"
      ? [glyph.unicode.normalize("NFKC")]
      : []
  )
}
