/**
 * COVERAGE_POLICY=fallback: pages that are missing in the parsed text, or lack too many of their words, are read again by the
 * local parser or by OCR. A page is replaced only by a text that has more of its words.
 */
import { Effect, Option, Stream } from "effect"
import { DocumentParser, type ParsedDocument, type ParseRequest } from "../../../services/DocumentParser.ts"
import { Inventory } from "../../../services/Inventory.ts"
import { SecondReader, type SecondReading } from "../../../services/SecondReader.ts"
import { type Comparison, type Omission, Reader, type Replaced } from "../../domain/coverage/Coverage.ts"
import { pagesOf, withPages } from "../../domain/coverage/pages.ts"
import { stringOf } from "../../domain/text.ts"
import { parsing } from "../../policy/parsing.ts"
import { CoverageRules } from "../CoverageRules.ts"

export type Reread = ParsedDocument & { readonly replaced?: ReadonlyArray<Replaced> }

/** The text so far, and what is known to be missing in it. */
interface Draft {
  readonly markdown: string | Uint8Array
  readonly comparison: Comparison
  readonly leftOut: ReadonlyArray<Omission>
  readonly replaced: ReadonlyArray<Replaced>
}

interface Again extends SecondReading {
  readonly by: Reader
  /** Those that were to be read. */
  readonly pages: ReadonlyArray<number>
}

/** None while the second reader is busy: ask again later. */
export const readAgain = Effect.fn("parse.readAgain")(function*(request: ParseRequest, parsed: ParsedDocument) {
  const { leastShare, policy } = yield* CoverageRules
  const inventory = yield* Inventory
  if (policy !== "fallback" || !inventory.covers(request.mediaType)) return Option.some<Reread>(parsed)
  const parser = yield* DocumentParser
  const second = yield* SecondReader
  let draft: Draft = {
    markdown: parsed.markdown,
    comparison: parsed.comparison ?? (yield* compare(request, parsed.markdown)),
    leftOut: parsed.leftOut ?? [],
    replaced: []
  }
  for (const by of Reader.literals.filter((each) => each !== parser.name)) {
    const lost = lostPages(draft, leastShare)
    const pages = by === "local"
      ? [...lost.keys()]
      : [...lost.keys()].filter((page) => page > 0).slice(0, parsing.pagesAgain)
    if (pages.length === 0) continue
    const reading = yield* Effect.catchTag(
      second.read(request, by, pages),
      "PermanentError",
      (error) => Effect.as(Effect.logDebug("A second reading failed", { code: error.code }), undefined)
    )
    if (reading === undefined) continue
    if (Option.isNone(reading)) return Option.none<Reread>()
    draft = yield* improve(request, draft, lost, { ...reading.value, by, pages })
  }
  const { comparison, leftOut, markdown: text, replaced } = draft
  const markdown = typeof parsed.markdown === "string" ? text : new TextEncoder().encode(stringOf(text))
  const reread: Reread = { ...parsed, markdown, comparison, leftOut, ...replaced.length === 0 ? {} : { replaced } }
  return Option.some(reread)
})

const compare = Effect.fnUntraced(function*(request: ParseRequest, markdown: string | Uint8Array) {
  const inventory = yield* Inventory
  const bytes = typeof markdown === "string" ? new TextEncoder().encode(markdown) : markdown
  return yield* inventory.compare(request, Stream.make(bytes))
})

/** With the pages that the other reading has more of; as it was if there are none. `lost`: the share that each has now. */
const improve = Effect.fnUntraced(function*(
  request: ParseRequest,
  draft: Draft,
  lost: ReadonlyMap<number, number>,
  again: Again
) {
  const texts = textsOf(stringOf(again.markdown), again.pages)
  const first = stringOf(draft.markdown)
  const tried = yield* compare(request, withPages(first, texts))
  if (foundIn(tried) < foundIn(draft.comparison)) return draft
  const better = again.pages.filter((page) => texts.has(page) && shareOf(tried, page) > (lost.get(page) ?? 1))
  if (better.length === 0) return draft
  const isBetter = new Set(better)
  const markdown = withPages(first, new Map([...texts].filter(([page]) => isBetter.has(page))))
  const improved: Draft = {
    markdown,
    comparison: better.length === texts.size ? tried : yield* compare(request, markdown),
    leftOut: [
      ...draft.leftOut.filter(({ kind, page }) => !isBetter.has(page) || kind === "hidden_layer"),
      ...again.leftOut.filter(({ kind, page }) => isBetter.has(page) && kind !== "hidden_layer")
    ],
    replaced: [...draft.replaced, { by: again.by, pages: better }]
  }
  return improved
})

/** With the share of its words that each has; a page that the parser itself names has none. */
const lostPages = ({ comparison, leftOut }: Draft, leastShare: number): ReadonlyMap<number, number> => {
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
