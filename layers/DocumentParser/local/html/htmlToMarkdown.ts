/**
 * HTML → Markdown for search: headings, lists, tables, emphasis and web links; no scripts, styles, pictures or comments.
 * One walk over the tree in linear time, unlike common converters on documents of several megabytes.
 */
import { type DefaultTreeAdapterTypes as Tree, parse } from "parse5"
import { guard } from "../threads/guard.ts"
import { renderTable } from "./htmlTable.ts"
import { attribute, type Block, hasAttribute, isTag, pushChildren, textOf, tidy } from "./htmlTree.ts"

export const htmlToMarkdown = (html: string): string => {
  const root = parse(html, { scriptingEnabled: false })
  const walk: Walk = { blocky: findBlocky(root), title: "", hasH1: false }
  const body = renderBlocks(root, walk, 0)
  if (!walk.hasH1 && walk.title !== "") body.unshift({ text: `# ${walk.title}`, isList: false })
  return body.map((block) => block.text).join("\n\n")
}

interface Walk {
  /** Elements with a block somewhere inside. */
  readonly blocky: ReadonlySet<Tree.Node>
  title: string
  hasH1: boolean
}

const words = (names: string): ReadonlySet<string> => new Set(names.split(" "))
const blocks = words(
  "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol p pre search section summary table tbody td " +
    "tfoot th thead title tr ul"
)
const dropped = words(
  "area audio base canvas datalist embed frame iframe input link meta noembed noframes object option param script select " +
    "style svg template track video"
)
// Each level of a list or quotation is indented, so depth costs memory; deeper levels are flattened.
const maxDepth = 100

const findBlocky = (root: Tree.Node): ReadonlySet<Tree.Node> => {
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

const isHidden = (node: Tree.Element): boolean =>
  dropped.has(node.tagName) ||
  hasAttribute(node, "hidden") ||
  /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribute(node, "style"))

const renderBlocks = (parent: Tree.Node, walk: Walk, depth: number): Array<Block> => {
  const out: Array<Block> = []
  let inline = ""
  const flush = () => {
    const text = tidy(inline)
    if (text !== "") out.push({ text: guard(text), isList: false })
    inline = ""
  }
  const visit = (node: Tree.Node) => {
    if (isTag(node) && !isHidden(node) && (blocks.has(node.tagName) || walk.blocky.has(node))) {
      flush()
      for (const block of renderBlock(node, walk, depth)) out.push(block)
    } else inline += renderInline(node, walk)
  }
  if ("childNodes" in parent) parent.childNodes.forEach(visit)
  flush()
  return out
}

const renderBlock = (node: Tree.Element, walk: Walk, depth: number): ReadonlyArray<Block> => {
  const block = (text: string, isList = false) => text === "" ? [] : [{ text, isList }]
  const tag = node.tagName
  if (/^h[1-6]$/.test(tag) && !walk.blocky.has(node)) {
    const text = tidy(renderInline(node, walk, plainInside)).replaceAll("\n", " ")
    walk.hasH1 ||= tag === "h1" && text !== ""
    return text === "" ? [] : block(`${"#".repeat(Number(tag[1]))} ${text}`)
  }
  if (tag === "title") {
    walk.title ||= textOf(node).trim().replaceAll(/\s+/g, " ")
    return []
  }
  if (tag === "hr") return block("---")
  if (tag === "pre") return block(fenced(textOf(node)))
  if (tag === "table") {
    return renderTable(node, {
      blocks: (part) => renderBlocks(part, walk, depth + 1),
      inline: (part) => renderInline(part, walk)
    })
  }
  if (depth > maxDepth) return renderBlocks(node, walk, depth)
  if (tag === "ul" || tag === "ol" || tag === "menu") return block(renderList(node, walk, depth + 1), true)
  if (tag === "blockquote") {
    return block(joinBlocks(renderBlocks(node, walk, depth + 1)).replaceAll(/^/gm, "> ").replaceAll(/^> $/gm, ">"))
  }
  return renderBlocks(node, walk, depth)
}

const renderList = (list: Tree.Element, walk: Walk, depth: number): string => {
  let number = Number.parseInt(attribute(list, "start"), 10) || 1
  const items: Array<string> = []
  for (const child of list.childNodes) {
    if (!isTag(child) || isHidden(child)) continue
    const text = joinBlocks(
      child.tagName === "li" ? renderBlocks(child, walk, depth) : [...renderBlock(child, walk, depth)]
    )
    if (text === "") continue
    const marker = list.tagName === "ol" ? `${number++}. ` : "- "
    const indented = text.replaceAll(/\n(?=[^\n])/g, `\n${" ".repeat(marker.length)}`)
    // A list directly inside a list belongs to the item before it.
    items.push(child.tagName === "li" ? marker + indented : `${" ".repeat(marker.length)}${indented}`)
  }
  return items.join("\n")
}

/** A list follows its introductory line without a blank line. */
const joinBlocks = (list: ReadonlyArray<Block>): string =>
  list.reduce((text, block) => text === "" ? block.text : `${text}${block.isList ? "\n" : "\n\n"}${block.text}`, "")

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
const plainInside: Inside = { ...plain, strong: true, emphasis: true }
/** Marks inside code would be read as code. */
const codeInside = { strong: true, emphasis: true, code: true }

const renderInline = (node: Tree.Node, walk: Walk, inside: Inside = plain): string => {
  if ("value" in node && node.nodeName === "#text") return node.value.replaceAll(/[ \t\r\n\f]+/g, " ")
  if (!isTag(node)) return ""
  if (isHidden(node)) return ""
  const content = (now: Inside) => {
    let text = ""
    for (const child of node.childNodes) text += renderInline(child, walk, now)
    // Only blocks inside a heading or a table cell get here.
    return blocks.has(node.tagName) ? ` ${text} ` : text
  }
  switch (node.tagName) {
    case "br":
      return "\n"
    case "wbr":
      return ""
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

const fenced = (code: string): string => {
  const text = code.replace(/^\n/, "").trimEnd()
  if (text.trim() === "") return ""
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const fence = "`".repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}
