/** Helpers for parsed HTML trees, shared by the page walk and the tables. */
import { defaultTreeAdapter, type DefaultTreeAdapterTypes as Tree, html } from "parse5"

export const isTag = (node: Tree.Node): node is Tree.Element => "tagName" in node

/** For formats that are written by way of HTML. */
export const makeElement = (
  tag: string,
  children: ReadonlyArray<Tree.ChildNode>,
  attributes: Readonly<Record<string, string>> = {}
): Tree.Element => {
  const attrs = Object.entries(attributes).map(([name, value]) => ({ name, value }))
  const element = defaultTreeAdapter.createElement(tag, html.NS.HTML, attrs)
  for (const child of children) defaultTreeAdapter.appendChild(element, child)
  return element
}

export const append = (parent: Tree.Element, child: Tree.ChildNode): void =>
  defaultTreeAdapter.appendChild(parent, child)

export const makeText = (text: string): Tree.TextNode => defaultTreeAdapter.createTextNode(text)

export const attribute = (node: Tree.Element, name: string): string =>
  node.attrs.find((attr) => attr.name === name)?.value ?? ""

export const hasAttribute = (node: Tree.Element, name: string): boolean => node.attrs.some((attr) => attr.name === name)

/** Pushes the children onto a stack, the first on top; one by one, because a body may have a million. */
export const pushChildren = <A>(pending: Array<Tree.Node | A>, node: Tree.Node): void => {
  if (!("childNodes" in node)) return
  const { childNodes } = node
  for (let at = childNodes.length - 1; at >= 0; at--) {
    const child = childNodes[at]
    if (child !== undefined) pending.push(child)
  }
}

/** All text below a node, in order, however deep. */
export const textOf = (root: Tree.Node): string => {
  let text = ""
  const pending: Array<Tree.Node> = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("value" in node) text += node.value
    if (isTag(node) && node.tagName === "br") text += "\n"
    pushChildren(pending, node)
  }
  return text
}

export interface Block {
  readonly text: string
  readonly isList: boolean
}

/** White space as a reader sees it: single spaces and single line breaks. */
export const tidy = (inline: string): string =>
  inline.replaceAll(/\*+/g, (run) => run.length === 4 ? "" : run).split("\n").map(withoutEnds).join("\n")
    .replaceAll(/[ \u00a0]{2,}/g, " ").replaceAll(/\n{2,}/g, "\n").trim()

/** By hand: a regular expression would rescan long runs of spaces. */
const withoutEnds = (line: string): string => {
  let start = 0
  let end = line.length
  while (start < end && isSpace(line.charCodeAt(start))) start++
  while (end > start && isSpace(line.charCodeAt(end - 1))) end--
  return line.slice(start, end)
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0xa0
