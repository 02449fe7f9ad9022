/**
 * HTML → Markdown for search: headings, lists, tables, emphasis and web links; no scripts, styles, pictures or comments.
 * One walk over the tree in linear time, unlike common converters on documents of several megabytes.
 */
import { type DefaultTreeAdapterTypes as Tree, parse } from "parse5"
import { guard } from "../threads/guard.ts"
import { mayEmbed, showEmbedded } from "./embedded.ts"
import { renderTable } from "./htmlTable.ts"
import { type Block, isTag, textOf, tidy } from "./htmlTree.ts"
import { lastOf, plainInside, renderInline } from "./inline.ts"
import { itemsOf } from "./listItems.ts"
import { blocks, findBlocky, isHidden, type Walk } from "./Walk.ts"
import { closeEmptyElements } from "./xhtml.ts"

export const htmlToMarkdown = (html: string): string => treeToMarkdown(parseHtml(html), new Map())

export const parseHtml = (html: string): Tree.Document => {
  const root = parseOne(html)
  if (mayEmbed(html)) showEmbedded(root, parseOne)
  return root
}

const parseOne = (html: string): Tree.Document => parse(closeEmptyElements(html), { scriptingEnabled: false })

export const treeToMarkdown = (root: Tree.ParentNode, markers: ReadonlyMap<Tree.Node, string>): string => {
  const walk: Walk = { blocky: findBlocky(root), markers, repeats: { left: mostRepeated }, title: "", hasH1: false }
  const body = renderBlocks(root, walk, 0)
  if (!walk.hasH1 && walk.title !== "") body.unshift({ text: `# ${walk.title}`, isList: false })
  return body.map((block) => block.text).join("\n\n")
}

// Each level of a list or quotation is indented, so depth costs memory; deeper levels are flattened.
const maxDepth = 100
const mostRepeated = 2_000_000

const renderBlocks = (parent: Tree.Node, walk: Walk, depth: number): Array<Block> => {
  const out: Array<Block> = []
  let inline = ""
  let last = ""
  const flush = () => {
    const text = tidy(inline)
    if (text !== "") out.push({ text: guard(text), isList: false })
    inline = ""
    last = ""
  }
  const visit = (node: Tree.Node) => {
    if (isTag(node) && !isHidden(node) && isBlock(node, walk)) {
      flush()
      for (const block of renderBlock(node, walk, depth)) out.push(block)
    } else {
      const part = renderInline(node, walk, undefined, last)
      inline += part
      last = lastOf(part) || last
    }
  }
  if ("childNodes" in parent) parent.childNodes.forEach(visit)
  flush()
  return out
}

/** The elements inside a drawing may have the names of blocks. */
const isBlock = (node: Tree.Element, { blocky }: Walk): boolean =>
  blocks.has(node.tagName) || (blocky.has(node) && node.tagName !== "svg")

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
      inline: (part) => renderInline(part, walk),
      repeats: walk.repeats
    })
  }
  if (depth > maxDepth) return renderBlocks(node, walk, depth)
  if (tag === "ul" || tag === "ol" || tag === "menu") return block(renderList(node, walk, depth + 1), true)
  if (tag === "blockquote") {
    return block(joinBlocks(renderBlocks(node, walk, depth + 1)).replaceAll(/^/gm, "> ").replaceAll(/^> $/gm, ">"))
  }
  return renderBlocks(node, walk, depth)
}

const renderList = (list: Tree.Element, walk: Walk, depth: number): string =>
  itemsOf(list, walk).flatMap(({ item, label }) => {
    const isItem = item.tagName === "li"
    const text = joinBlocks(isItem ? renderBlocks(item, walk, depth) : [...renderBlock(item, walk, depth)])
    if (text === "") return []
    // Markdown knows bullets and plain numbers only.
    const bullet = /^\d{1,9}[.)]$/.test(label) ? `${label} ` : "- "
    const indented = text.replaceAll(/\n(?=[^\n])/g, `\n${" ".repeat(bullet.length)}`)
    // A list directly inside a list belongs to the item before it.
    if (!isItem) return [" ".repeat(bullet.length) + indented]
    return [bullet === "- " && label !== "" ? `- ${label} ${indented}` : bullet + indented]
  }).join("\n")

/** A list follows its introductory line without a blank line. */
const joinBlocks = (list: ReadonlyArray<Block>): string =>
  list.reduce((text, block) => text === "" ? block.text : `${text}${block.isList ? "\n" : "\n\n"}${block.text}`, "")

const fenced = (code: string): string => {
  const text = code.replace(/^\n/, "").trimEnd()
  if (text.trim() === "") return ""
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const fence = "`".repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}
