/** What the walk over a page knows: which elements are blocks, which are hidden, and what it has seen. */
import type { DefaultTreeAdapterTypes as Tree, Token } from "parse5"
import { isTag, pushChildren } from "./htmlTree.ts"

export interface Walk {
  /** Elements with a block somewhere inside. */
  readonly blocky: ReadonlySet<Tree.Node>
  /** Labels of list items that another format counted. */
  readonly markers: ReadonlyMap<Tree.Node, string>
  /** How many characters cells may still repeat in the rows that they span. */
  readonly repeats: { left: number }
  title: string
  hasH1: boolean
}

const words = (names: string): ReadonlySet<string> => new Set(names.split(" "))
export const blocks = words(
  "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol p pre search section summary table tbody td " +
    "tfoot th thead title tr ul"
)
export const dropped = words(
  "area audio base canvas datalist embed frame iframe link meta noembed noframes object option param script " +
    "style template track video"
)
export const findBlocky = (root: Tree.Node): ReadonlySet<Tree.Node> => {
  const blocky = new Set<Tree.Node>()
  const pending: Array<Tree.Node> = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isTag(node) && blocks.has(node.tagName)) {
      for (let up = node.parentNode; up !== null && !blocky.has(up); up = isTag(up) ? up.parentNode : null) {
        blocky.add(up)
      }
    }
    pushChildren(pending, node)
  }
  return blocky
}

export const isHidden = (node: Tree.Element): boolean => dropped.has(node.tagName) || hasHiding(node)

/** One of its attributes hides it. */
export const hasHiding = ({ attrs }: Tree.Element): boolean => attrs.some(hides)

const hides = ({ name, value }: Token.Attribute): boolean =>
  name === "hidden" ||
  // KaTeX draws the formula a second time.
  (name === "class" && value === "katex-html") ||
  (name === "style" && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(value))
