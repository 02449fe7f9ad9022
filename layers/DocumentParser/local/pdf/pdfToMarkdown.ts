/** Rows of all pages → Markdown: large text becomes a heading, text repeated on every page appears once. */
import { pageMark } from "../../../../src/domain/text.ts"
import { pdfBlocks } from "./pdfBlocks.ts"
import type { Page, Piece, Row, Style } from "./pdfText.ts"

/** Of the text's size: a line this large is a heading. */
const headingScale = 1.12
/** Of the level above: sizes closer than this are one level. */
const sameLevel = 0.94
/** Of the page's height, at the top and at the bottom: where running headers and footers are. */
const edge = 0.12
/** The number of pages on which a page number counts as repeated; other lines need more. */
const repeatedNumbers = 2
const repeatedLines = 3

export const pdfToMarkdown = (pages: ReadonlyArray<Page>): string => {
  const style = readStyle(pages)
  const isFurniture = findFurniture(pages)
  return pages.map((page, i) => {
    const rows = page.rows.filter((row) => !isFurniture(page, i, row))
    return [pageMark(i + 1), ...pdfBlocks(rows, style)].join("\n\n")
  }).join("\n\n")
}

const readStyle = (pages: ReadonlyArray<Page>): Style => {
  const letters = new Map<number, number>()
  const hyphenated = new Set<string>()
  let bold = 0
  let all = 0
  for (const piece of pages.flatMap((page) => page.rows).flat()) {
    const size = Math.round(piece.size * 2) / 2
    letters.set(size, (letters.get(size) ?? 0) + piece.text.length)
    for (const run of piece.runs) {
      all += run.text.length
      if (run.bold) bold += run.text.length
    }
    for (const chain of piece.text.match(/\p{L}+(?:-\p{L}+)*/gu) ?? []) {
      const parts = chain.toLowerCase().split("-")
      for (let at = 1; at < parts.length; at += 2) hyphenated.add(`${parts[at - 1]}-${parts[at]}`)
    }
  }
  const size = [...letters].reduce((best, each) => each[1] > best[1] ? each : best, [0, 0])[0]
  const larger = [...letters.keys()].filter((each) => each >= size * headingScale).sort((a, b) => b - a)
  const headingSizes = larger.reduce<Array<number>>((levels, each) => {
    const last = levels.at(-1)
    if (last !== undefined && each > last * sameLevel) levels[levels.length - 1] = each
    else levels.push(each)
    return levels
  }, [])
  return { size, isBold: bold * 2 > all, headingSizes, hyphenated }
}

/**
 * Running headers, footers and page numbers: the same words, ignoring numbers, at the same place on several pages. The
 * first is kept.
 */
const findFurniture = (pages: ReadonlyArray<Page>) => {
  const seen = new Map<string, Set<number>>()
  pages.forEach((page, i) => {
    for (const row of atEdges(page)) {
      const key = furnitureKey(page, row)
      seen.set(key, (seen.get(key) ?? new Set()).add(i))
    }
  })
  return (page: Page, index: number, row: Row): boolean => {
    if (!isAtEdge(page, row)) return false
    const on = seen.get(furnitureKey(page, row))
    if (on === undefined) return false
    if (isPageNumber(rowText(row))) return on.size >= repeatedNumbers
    return on.size >= repeatedLines && Math.min(...on) !== index
  }
}

const isAtEdge = (page: Page, row: Row): boolean =>
  row.some((piece) => piece.y < page.height * edge || piece.y > page.height * (1 - edge))

const atEdges = (page: Page): ReadonlyArray<Row> => page.rows.filter((row) => isAtEdge(page, row))

const rowText = (row: Row): string => row.map((piece: Piece) => piece.text).join(" ")

const furnitureKey = (page: Page, row: Row): string =>
  `${Math.round((row[0]?.y ?? 0) / 4)}/${Math.round(page.height)} ${rowText(row).replaceAll(/\d+/g, "#")}`

const isPageNumber = (text: string): boolean =>
  text.length <= 100 &&
  /^\W*(?:page|seite|página|pagina|p\.)?\s*(?:\d{1,5}|[ivxlc]{1,6})(?:\s*(?:of|von|de|\/)\s*\d{1,5})?\W*$/i.test(text)
