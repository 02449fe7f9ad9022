/** What a parser may silently lose: a page, half of one, a line or a text in it. */
import type { Drop } from "../scenarios/Scenario.ts"
import type { Page } from "./Page.ts"

export const without = (pages: ReadonlyArray<Page>, drop: Drop): ReadonlyArray<Page> =>
  pages.flatMap((page) => page.number === drop.page ? rest(page, drop) : [page])

const rest = (page: Page, { half, line, text }: Drop): ReadonlyArray<Page> => {
  if (half === undefined && line === undefined && text === undefined) return []
  const lines = (page.markdown ?? "").split("\n")
  const kept = (half === true ? lines.slice(0, lines.length >> 1) : lines)
    .filter((each) => line === undefined || !each.includes(line))
    .map((each) => text === undefined ? each : each.replaceAll(text, ""))
  return [{ ...page, markdown: kept.join("\n") }]
}
