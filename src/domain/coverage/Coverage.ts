/** What of a document's source is in its parsed text, and what was left out. */
import { Schema } from "effect"
import { snakeKeys } from "../snakeKeys.ts"

/** Something of the source that is not in the parsed text. */
export const Omission = Schema.Struct({
  kind: Schema.Literals([
    "page",
    "rest",
    "lines",
    "form_value",
    "picture",
    "glyphs",
    "hidden_layer",
    "attachment",
    "encoded"
  ]),
  /** From 1; 0 for the whole document. */
  page: Schema.Int,
  count: Schema.Int,
  /** Why, or which, as a sentence. */
  detail: Schema.String
})
export type Omission = typeof Omission.Type

const PageShare = Schema.Struct({ page: Schema.Int, share: Schema.Finite })

/** A comparison of the source's own text with what the parser returned. */
export const Coverage = snakeKeys({
  /** Of the source; 0 where it has none. */
  pages: Schema.Int,
  /** Words of the source, without running heads and page numbers. */
  words: Schema.Int,
  /** How many of them are in the parsed text. */
  found: Schema.Int,
  /** Share of neighbouring lines that the parsed text has in the same order. */
  order: Schema.Finite,
  /** Pages whose share of words found is the smallest, at most ten, with that share. */
  lowest: Schema.Array(PageShare)
})
export type Coverage = typeof Coverage.Type

/** The comparison, or the reason why there is none. In camel case, because it stays inside the program. */
export const Comparison = Schema.Union([
  Schema.TaggedStruct("Compared", {
    coverage: Schema.toType(Coverage),
    omissions: Schema.Array(Omission),
    /** Of every page that lacks words, the lowest first. */
    shares: Schema.Array(PageShare)
  }),
  Schema.TaggedStruct("Unknown", { reason: Schema.String })
])
export type Comparison = typeof Comparison.Type

/**
 * What a worker does when something is missing: complete with a warning, read the missing pages again and then as `warn`,
 * or fail before anything is bought.
 */
export const CoveragePolicy = Schema.Literals(["warn", "fallback", "fail"])
export type CoveragePolicy = typeof CoveragePolicy.Type

/** Who read pages that the parser had lost: the local parser, or OCR from the page's picture. */
export const Reader = Schema.Literals(["local", "ocr"])
export type Reader = typeof Reader.Type

/** Pages whose text is not the parser's; page 0 is a document without pages. */
export const Replaced = Schema.Struct({ by: Reader, pages: Schema.Array(Schema.Int) })
export type Replaced = typeof Replaced.Type

export const shareFound = ({ found, words }: Pick<Coverage, "found" | "words">): number =>
  words === 0 ? 1 : found / words

/** What the parser knows to be missing, and what only the comparison found. */
export const joined = (
  ofParser: ReadonlyArray<Omission>,
  ofComparison: ReadonlyArray<Omission>
): ReadonlyArray<Omission> => {
  const known = new Set(ofParser.map(({ kind, page }) => `${kind} ${page}`))
  return [...ofParser, ...ofComparison.filter(({ kind, page }) => !known.has(`${kind} ${page}`))]
}
