/** Rows of all pages → Markdown: large text becomes a heading, text repeated on every page appears once. */
import { pageMark } from "../../../../src/domain/text.ts"
import { joinCutWords, repeatHeads } from "./acrossPages.ts"
import { findFurniture } from "./furniture.ts"
import { pdfBlocks, renderBlocks } from "./pdfBlocks.ts"
import type { Page, Style } from "./pdfText.ts"

/** Of the text's size: a line this large is a heading. */
const headingScale = 1.12
/** Of the level above: sizes closer than this are one level. */
const sameLevel = 0.94
export const pdfToMarkdown = (pages: ReadonlyArray<Page>): string => {
  const style = readStyle(pages)
  const isFurniture = findFurniture(pages)
  const blocks = pages.map((page, i) => pdfBlocks(page.rows.filter((row) => !isFurniture(page, i, row)), style))
  const texts = joinCutWords(repeatHeads(blocks).map((each) => renderBlocks(each, style)), style)
  return texts.map((each, i) => [pageMark(i + 1), ...each].join("\n\n")).join("\n\n")
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
