/** Omissions as sentences for a reader. */
import { type Coverage, type Omission, type Reader, type Replaced, shareFound } from "./Coverage.ts"

export interface Findings {
  readonly coverage?: Coverage | undefined
  /** Why the source could not be compared. */
  readonly coverageUnknown?: string | undefined
  readonly leftOut: ReadonlyArray<Omission>
}

/** Pictures are often logos, a hidden layer is not meant to be read, and encoded data is not text: they cause no warning. */
const warned: ReadonlyArray<Omission["kind"]> = ["page", "rest", "lines", "form_value", "glyphs", "attachment"]

/** Fewer are ornaments. */
const fewestGlyphs = 10

const named: Readonly<Record<Omission["kind"], readonly [one: string, many: string]>> = {
  page: ["page is", "pages are"],
  rest: ["page's rest is", "pages' rests are"],
  lines: ["line is", "lines are"],
  form_value: ["form value is", "form values are"],
  picture: ["image is", "images are"],
  glyphs: ["glyph is", "glyphs are"],
  hidden_layer: ["letter of a hidden layer is", "letters of hidden layers are"],
  attachment: ["attached file is", "attached files are"],
  encoded: ["character of encoded data is", "characters of encoded data are"]
}

/** One sentence for each kind of loss, and one if too few words were found; none if the text is as complete as it should be. */
export const warningsOf = (
  { coverage, coverageUnknown, leftOut }: Findings,
  leastShare: number
): ReadonlyArray<string> => {
  const losses = warned.flatMap((kind) => {
    const some = leftOut.filter((each) => each.kind === kind)
    const total = some.reduce((sum, { count }) => sum + count, 0)
    if (total < (kind === "glyphs" ? fewestGlyphs : 1)) return []
    const [one, many] = named[kind]
    return [`${total} ${total === 1 ? one : many} not in the parsed text${placesOf(kind, some)}.`]
  })
  const share = coverage === undefined ? 1 : shareFound(coverage)
  const few = share >= leastShare ? [] : [`The parsed text has ${percent(share)} of the source's words.`]
  const unknown = coverageUnknown === undefined ? [] : [`Coverage unknown: ${coverageUnknown}`]
  return [...losses, ...few, ...unknown]
}

/** Rounded down: 99.97 % is not all of it. */
export const percent = (share: number): string => `${Math.floor(share * 1000) / 10} %`

const readers: Readonly<Record<Reader, string>> = { local: "by the local parser", ocr: "by OCR" }

/** `page 2 by the local parser; pages 4-6 by OCR` */
export const replacedText = (replaced: ReadonlyArray<Replaced>): string =>
  replaced.map(({ by, pages }) => {
    const which = pages.includes(0) ? "the document" : `${pages.length === 1 ? "page" : "pages"} ${ranges(pages)}`
    return `${which} ${readers[by]}`
  }).join("; ")

const placesOf = (kind: Omission["kind"], omissions: ReadonlyArray<Omission>): string => {
  const pages = [...new Set(omissions.map(({ page }) => page).filter((page) => page > 0))].sort((a, b) => a - b)
  if (pages.length === 0) return ""
  const numbers = ranges(pages)
  return kind === "page" ? `: ${numbers}` : pages.length === 1 ? ` (page ${numbers})` : ` (pages ${numbers})`
}

/** A sentence does not grow without bound. */
const mostRanges = 30

/** `3, 7-9, 12` */
const ranges = (pages: ReadonlyArray<number>): string => {
  const known = new Set(pages)
  const starts = pages.filter((page, i) => i === 0 || pages[i - 1] !== page - 1)
  const listed = starts.slice(0, mostRanges).map((start) => {
    let end = start
    while (known.has(end + 1)) end++
    return start === end ? `${start}` : `${start}-${end}`
  })
  return listed.join(", ") + (starts.length > mostRanges ? " and others" : "")
}
