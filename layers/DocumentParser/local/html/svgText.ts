/** The words of a drawing inside a page (SVG): the labels of a chart or a diagram. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { isTag, pushChildren, textOf } from "./htmlTree.ts"
import { hasHiding } from "./Walk.ts"

/** Drawn only where they are referred to, or not at all. */
const undrawn: ReadonlySet<string> = new Set("defs desc metadata script style symbol title".split(" "))

export const svgText = (svg: Tree.Element): string => {
  const labels: Array<string> = []
  const pending: Array<Tree.Node> = [svg]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isTag(node) || undrawn.has(node.tagName) || hasHiding(node)) continue
    if (node.tagName === "text" || node.tagName === "foreignObject") labels.push(textOf(node))
    else pushChildren(pending, node)
  }
  return labels.join(" ").replaceAll(/\s+/g, " ").trim()
}
