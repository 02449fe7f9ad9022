/** A page of a parsed document, and the conversion from Markdown to pages. */
import { pageMarks } from "../../domain/text.ts"

export interface Page {
  readonly number: number
  /** Undefined if the page could not be read. */
  readonly markdown: string | undefined
}

/** The seed's document, to the letter. */
export const syntheticMarkdown = (documentId: string): string =>
  `# Mock Document ${documentId}
    
This is deterministic mock content for testing.
Content is based on document_id for reproducible testing.

## Section 1
Test content that will generate consistent chunks.

## Section 2
Additional content for multi-chunk testing scenarios.
`

/** Split at the page marks; text without any is one page, because the vendor always has pages. */
export const pagesOf = (markdown: string): ReadonlyArray<Page> => {
  const marks = [...markdown.matchAll(pageMarks())]
  if (marks.length === 0) return [{ number: 1, markdown }]
  return marks.map((mark, index) => ({
    number: Number(mark[1]),
    markdown: markdown.slice(mark.index + mark[0].length, marks[index + 1]?.index).trim()
  }))
}

/** `1,3,5-8`, counted from 1. */
const inRanges = (ranges: string, page: number): boolean =>
  ranges.split(",").some((range) => {
    const [from = Number.NaN, to = from] = range.split("-").map(Number)
    return from <= page && page <= to
  })

export interface PageRanges {
  readonly max_pages?: number | null
  readonly target_pages?: string | null
}

export const selectPages = (pages: ReadonlyArray<Page>, { max_pages, target_pages }: PageRanges): ReadonlyArray<Page> =>
  pages.filter(({ number }) => target_pages == null || inRanges(target_pages, number)).slice(0, max_pages ?? undefined)

/** The words without Markdown's marks. */
export const plainText = (markdown: string): string =>
  markdown.replaceAll(/^[ \t]*(?:#{1,6}|[-*+]|>)[ \t]+/gm, "").replaceAll(/(\*\*|__|`)/g, "")
