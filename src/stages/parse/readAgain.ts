/**
 * COVERAGE_POLICY=fallback: pages that are missing in the parsed text, or lack too many of their words, are read again by the
 * local parser or by OCR. A page is replaced only by a text that has more of its words.
 */
import { Effect, Option, Stream } from "effect"
import { DocumentParser, type ParsedDocument, type ParseRequest } from "../../../services/DocumentParser.ts"
import { Inventory } from "../../../services/Inventory.ts"
import { SecondReader } from "../../../services/SecondReader.ts"
import { type Comparison, type Omission, Reader, type Replaced } from "../../domain/coverage/Coverage.ts"
import { pagesOf, withPages } from "../../domain/coverage/pages.ts"
import { stringOf } from "../../domain/text.ts"
import { parsing } from "../../policy/parsing.ts"
import { CoverageRules } from "../CoverageRules.ts"

export type Reread = ParsedDocument & { readonly replaced?: ReadonlyArray<Replaced> }

/** None while the second reader is busy: ask again later. */
export const readAgain = Effect.fn("parse.readAgain")(function*(request: ParseRequest, parsed: ParsedDocument) {
  const { leastShare, policy } = yield* CoverageRules
  const inventory = yield* Inventory
  if (policy !== "fallback" || !inventory.covers(request.mediaType)) return Option.some<Reread>(parsed)
  const compared = Effect.fnUntraced(function*(markdown: string | Uint8Array) {
    const bytes = typeof markdown === "string" ? new TextEncoder().encode(markdown) : markdown
    return yield* inventory.compare(request, Stream.make(bytes))
  })
  const parser = yield* DocumentParser
  const second = yield* SecondReader
  let text = parsed.markdown
  let comparison = parsed.comparison ?? (yield* compared(text))
  let leftOut = parsed.leftOut ?? []
  const replaced: Array<Replaced> = []
  for (const by of Reader.literals.filter((each) => each !== parser.name)) {
    const lost = lostPages(comparison, leftOut, leastShare)
    const pages = by === "local" ? [...lost.keys()] : [...lost.keys()].filter((page) => page > 0)
    if (pages.length === 0) continue
    const asked = by === "local" ? pages : pages.slice(0, parsing.pagesAgain)
    const reading = yield* Effect.catchTag(
      second.read(request, by, asked),
      "PermanentError",
      (error) => Effect.as(Effect.logDebug("A second reading failed", { code: error.code }), undefined)
    )
    if (reading === undefined) continue
    if (Option.isNone(reading)) return Option.none<Reread>()
    const texts = textsOf(stringOf(reading.value.markdown), asked)
    const first = stringOf(text)
    const tried = yield* compared(withPages(first, texts))
    if (foundIn(tried) < foundIn(comparison)) continue
    const better = asked.filter((page) => texts.has(page) && shareOf(tried, page) > (lost.get(page) ?? 1))
    if (better.length === 0) continue
    const isBetter = new Set(better)
    text = withPages(first, new Map([...texts].filter(([page]) => isBetter.has(page))))
    comparison = better.length === texts.size ? tried : yield* compared(text)
    leftOut = [
      ...leftOut.filter(({ kind, page }) => !isBetter.has(page) || kind === "hidden_layer"),
      ...reading.value.leftOut.filter(({ kind, page }) => isBetter.has(page) && kind !== "hidden_layer")
    ]
    replaced.push({ by, pages: better })
  }
  const markdown = typeof parsed.markdown === "string" ? text : new TextEncoder().encode(stringOf(text))
  const reread: Reread = { ...parsed, markdown, comparison, leftOut, ...replaced.length === 0 ? {} : { replaced } }
  return Option.some(reread)
})

/** With the share of its words that each has; a page that the parser itself names has none. */
const lostPages = (
  comparison: Comparison,
  leftOut: ReadonlyArray<Omission>,
  leastShare: number
): ReadonlyMap<number, number> => {
  if (comparison._tag === "Unknown") return new Map()
  const missing = [...leftOut, ...comparison.omissions].filter(({ kind, page }) => kind === "page" && page > 0)
  const below = comparison.shares.filter(({ share }) => share < leastShare)
  const lost = [
    ...below.map(({ page, share }) => [page, share] as const),
    ...missing.map(({ page }) => [page, 0] as const)
  ]
  return new Map(lost.sort(([a], [b]) => a - b))
}

const foundIn = (comparison: Comparison): number => comparison._tag === "Unknown" ? 0 : comparison.coverage.found

const shareOf = (comparison: Comparison, page: number): number =>
  comparison._tag === "Unknown" ? 0 : comparison.shares.find((each) => each.page === page)?.share ?? 1

/** What a second reading has of these pages: some letters, or nothing. */
const textsOf = (markdown: string, pages: ReadonlyArray<number>): ReadonlyMap<number, string> => {
  const found = pages.includes(0) ? new Map([[0, markdown]]) : pagesOf(markdown)
  return new Map(
    pages.flatMap((page) => {
      const text = found.get(page) ?? ""
      return /[\p{L}\p{N}]/u.test(text) ? [[page, text] as const] : []
    })
  )
}
