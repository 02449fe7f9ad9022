/** Compares the source's own text with the parsed text, page by page. Pure. */
import type { Comparison, Omission } from "./Coverage.ts"
import { makeParsed } from "./parsed.ts"
import { fewestWords, makeSearch } from "./search.ts"
import type { Source } from "./Source.ts"

const lowestPages = 10
const quoted = 60

export const compare = ({ attachments = 0, pages }: Source, markdown: string): Comparison => {
  const search = makeSearch(pages, makeParsed(markdown, pages.some(({ number }) => number > 0)))
  const omissions: Array<Omission> = []
  const shares: Array<{ readonly page: number; readonly share: number }> = []
  const all = { words: 0, found: 0, pairs: 0, ordered: 0 }
  for (const page of pages) {
    const { hiddenLetters = 0, isScan, number } = page
    if (hiddenLetters > 0) {
      omissions.push({ kind: "hidden_layer", page: number, count: hiddenLetters, detail: "It is not shown." })
    }
    const { found, isBlank, missing, ordered, pairs, words } = search(page)
    all.words += words
    if (isBlank && (words >= fewestWords || isScan)) {
      const detail = isScan ? "It is an image without text." : "None of its words are in the parsed text."
      omissions.push({ kind: "page", page: number, count: 1, detail })
      shares.push({ page: number, share: 0 })
      continue
    }
    all.found += found
    all.pairs += pairs
    all.ordered += ordered
    if (words > 0) shares.push({ page: number, share: round(found / words) })
    for (const kind of missing.length === 0 ? [] : ["lines", "form_value"] as const) {
      const some = missing.filter((line) => line.kind === kind)
      const [first] = some
      if (first === undefined) continue
      const quote = first.text.trim().replaceAll(/\s+/g, " ").slice(0, quoted)
      omissions.push({ kind, page: number, count: some.length, detail: `The first is: ${quote}` })
    }
  }
  if (attachments > 0) {
    omissions.push({ kind: "attachment", page: 0, count: attachments, detail: "Attached files are not read." })
  }
  const incomplete = shares.filter(({ share }) => share < 1).sort((a, b) => a.share - b.share)
  return {
    _tag: "Compared",
    shares: incomplete,
    coverage: {
      pages: pages.filter(({ number }) => number > 0).length,
      words: all.words,
      found: all.found,
      order: all.pairs === 0 ? 1 : round(all.ordered / all.pairs),
      lowest: incomplete.slice(0, lowestPages)
    },
    omissions
  }
}

const round = (share: number): number => Math.round(share * 10_000) / 10_000
