/** Inline content of a page → Markdown. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { subscript, superscript } from "../text/scripts.ts"
import { controlText } from "./formControls.ts"
import { tableInline } from "./htmlTable.ts"
import { attribute, isTag } from "./htmlTree.ts"
import { itemsOf } from "./listItems.ts"
import { mathmlText } from "./mathmlText.ts"
import { svgText } from "./svgText.ts"
import { blocks, isHidden, type Walk } from "./Walk.ts"

/** Nested marks of the same kind are dropped, because each mark copies its text. */
interface Inside {
  readonly strong: boolean
  readonly emphasis: boolean
  readonly struck: boolean
  readonly code: boolean
  readonly link: boolean
}

const plain: Inside = { strong: false, emphasis: false, struck: false, code: false, link: false }
/** A heading is already bold. */
export const plainInside: Inside = { ...plain, strong: true, emphasis: true }
/** Marks inside code would be read as code. */
const codeInside = { strong: true, emphasis: true, code: true }

/** `before`: the last character of what precedes the node. */
export const renderInline = (outer: Tree.Node, walk: Walk, inside: Inside = plain, before = ""): string => {
  const node = withoutWrappers(outer, inside)
  if ("value" in node && node.nodeName === "#text") return node.value.replaceAll(/[ \t\r\n\f]+/g, " ")
  if (!isTag(node) || isHidden(node)) return ""
  const mark = marks.get(node.tagName)
  if (mark !== undefined) {
    return inside[mark.inside]
      ? renderContent(node, walk, inside, before)
      : wrap(renderContent(node, walk, { ...inside, ...mark.now }, before), mark.sign)
  }
  return special.has(node.tagName)
    ? renderSpecial(node, walk, inside, before)
    : renderContent(node, walk, inside, before)
}

/** What an element says that adds nothing to its only child: without recursion, because there may be thousands. */
const withoutWrappers = (outer: Tree.Node, inside: Inside): Tree.Node => {
  let node = outer
  while (isTag(node) && node.childNodes.length === 1 && addsNothing(node, inside) && !isHidden(node)) {
    const [child] = node.childNodes
    if (child === undefined) break
    node = child
  }
  return node
}

const addsNothing = ({ tagName }: Tree.Element, inside: Inside): boolean => {
  const mark = marks.get(tagName)
  return mark === undefined ? !special.has(tagName) && !blocks.has(tagName) : inside[mark.inside]
}

/** Elements may be nested thousands deep: what runs at each level needs little of the stack. */
const renderContent = (node: Tree.Element, walk: Walk, inside: Inside, before: string): string => {
  let text = ""
  let last = before
  for (const child of node.childNodes) {
    const part = renderInline(child, walk, inside, last)
    text += part
    last = lastOf(part) || last
  }
  // Only blocks inside a heading or a table cell get here.
  return blocks.has(node.tagName) ? ` ${text} ` : text
}

const strong = { inside: "strong", now: { strong: true }, sign: "**" } as const
const emphasis = { inside: "emphasis", now: { emphasis: true }, sign: "*" } as const
const struck = { inside: "struck", now: { struck: true }, sign: "~~" } as const
const code = { inside: "code", now: codeInside, sign: "`" } as const
const marks = new Map<string, typeof strong | typeof emphasis | typeof struck | typeof code>([
  ["b", strong],
  ["strong", strong],
  ["i", emphasis],
  ["em", emphasis],
  ["s", struck],
  ["del", struck],
  ["strike", struck],
  ["code", code],
  ["kbd", code],
  ["samp", code]
])

const special: ReadonlySet<string> = new Set(
  "a br img input math menu ol rp rt select sub sup svg table ul wbr".split(" ")
)

const renderSpecial = (node: Tree.Element, walk: Walk, inside: Inside, before: string): string => {
  const content = (now = inside) => renderContent(node, walk, now, before)
  switch (node.tagName) {
    case "a":
      return inside.link ? content() : link(content({ ...inside, link: true }), attribute(node, "href"))
    case "br":
      return "\n"
    case "img":
      return attribute(node, "alt").replaceAll(/\s+/g, " ")
    case "sup":
      return superscript(before, content())
    case "sub":
      return subscript(before, content())
    case "math":
      return mathmlText(node) || attribute(node, "alttext")
    case "svg":
      return ` ${svgText(node)} `
    case "rt": {
      const aid = content().trim()
      return aid === "" ? "" : `(${aid})`
    }
    case "input":
    case "select":
      return ` ${controlText(node)} `
    case "table":
      return ` ${tableInline(node, (cell) => renderInline(cell, walk, inside))} `
    case "menu":
    case "ol":
    case "ul":
      // Only lists inside a heading or a table cell get here.
      return itemsOf(node, walk).map(({ item, label }) => ` ${label} ${renderInline(item, walk, inside)}`).join("")
    default:
      return ""
  }
}

/** The last character that a reader sees. */
export const lastOf = (markdown: string): string => {
  let at = markdown.length - 1
  while (at >= 0 && "*~`".includes(markdown.charAt(at))) at--
  return markdown.charAt(at)
}

/** Anchors on the same page mean nothing in a chunk; scripts and local files are not links. */
const leadsSomewhere = (address: string): boolean => {
  const scheme = /^[a-z][a-z\d+.-]*:/i.exec(address)?.[0]
  return !address.startsWith("#") && !/[\s<>]/.test(address) && address !== scheme &&
    (scheme === undefined || /^(?:https?|mailto):$/i.test(scheme))
}

const link = (text: string, href: string): string => {
  const address = href.trim()
  const label = text.trim()
  if (label === "" || label === address || address === "" || !leadsSomewhere(address)) return text
  return wrap(text, "[", `](${address.replaceAll("(", "%28").replaceAll(")", "%29")})`)
}

const wrap = (text: string, mark: string, end = mark): string => {
  const inner = text.trim()
  if (inner === "") return text
  const start = text.indexOf(inner)
  return text.slice(0, start) + mark + inner + end + text.slice(start + inner.length)
}
