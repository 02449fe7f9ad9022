/** Inline content of a page → Markdown. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { subscript, superscript } from "../text/scripts.ts"
import { controlText } from "./formControls.ts"
import { tableInline } from "./htmlTable.ts"
import { attribute, isTag } from "./htmlTree.ts"
import { itemsOf } from "./listItems.ts"
import { mathmlText } from "./mathmlText.ts"
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
export const renderInline = (node: Tree.Node, walk: Walk, inside: Inside = plain, before = ""): string => {
  if ("value" in node && node.nodeName === "#text") return node.value.replaceAll(/[ \t\r\n\f]+/g, " ")
  if (!isTag(node)) return ""
  if (isHidden(node)) return ""
  const content = (now: Inside) => {
    let text = ""
    let last = before
    for (const child of node.childNodes) {
      const part = renderInline(child, walk, now, last)
      text += part
      last = lastOf(part) || last
    }
    // Only blocks inside a heading or a table cell get here.
    return blocks.has(node.tagName) ? ` ${text} ` : text
  }
  switch (node.tagName) {
    case "br":
      return "\n"
    case "wbr":
      return ""
    case "sup":
      return superscript(before, content(inside))
    case "sub":
      return subscript(before, content(inside))
    case "math":
      return mathmlText(node) || attribute(node, "alttext")
    case "rp":
      return ""
    case "rt": {
      const aid = content(inside)
      return aid.trim() === "" ? "" : `(${aid.trim()})`
    }
    case "input":
    case "select":
      return ` ${controlText(node)} `
    case "table":
      return ` ${tableInline(node, (cell) => renderInline(cell, walk, inside))} `
    case "ol":
    case "ul":
    case "menu":
      // Only lists inside a heading or a table cell get here.
      return itemsOf(node, walk).map(({ item, label }) => ` ${label} ${renderInline(item, walk, inside)}`).join("")
    case "img":
      return attribute(node, "alt").replaceAll(/\s+/g, " ")
    case "b":
    case "strong":
      return inside.strong ? content(inside) : wrap(content({ ...inside, strong: true }), "**")
    case "i":
    case "em":
      return inside.emphasis ? content(inside) : wrap(content({ ...inside, emphasis: true }), "*")
    case "s":
    case "del":
    case "strike":
      return inside.struck ? content(inside) : wrap(content({ ...inside, struck: true }), "~~")
    case "code":
    case "kbd":
    case "samp":
      return inside.code ? content(inside) : wrap(content({ ...inside, ...codeInside }), "`")
    case "a":
      return inside.link ? content(inside) : link(content({ ...inside, link: true }), attribute(node, "href"))
    default:
      return content(inside)
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
