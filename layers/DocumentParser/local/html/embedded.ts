/** What a browser shows from other trees in the page's own bytes: the `srcdoc` of a frame, and declared shadow roots. */
import { defaultTreeAdapter, type DefaultTreeAdapterTypes as Tree } from "parse5"
import { attribute, hasAttribute, isTag, makeElement, pushChildren } from "./htmlTree.ts"

/** Pages in pages; deeper ones are not looked into. */
const deepest = 5
/** Each is found among its parent's children. */
const most = 1000

export const mayEmbed = (html: string): boolean => /\b(?:srcdoc|shadowrootmode)\b/i.test(html)

/** In place of the frame, or of the template. */
export const showEmbedded = (root: Tree.Document, parse: (html: string) => Tree.Document, depth = 0): void => {
  if (depth >= deepest) return
  const pending: Array<Tree.Node> = [root]
  let left = most
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const shown = isTag(node) && left > 0 ? embeddedIn(node, parse, depth) : undefined
    if (shown === undefined || !isTag(node)) {
      pushChildren(pending, node)
      continue
    }
    left--
    const attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]))
    const box = makeElement("div", [...shown.childNodes], attributes)
    defaultTreeAdapter.insertBefore(node.parentNode ?? root, box, node)
    defaultTreeAdapter.detachNode(node)
    pending.push(box)
  }
}

const embeddedIn = (
  node: Tree.Element,
  parse: (html: string) => Tree.Document,
  depth: number
): Tree.ParentNode | undefined => {
  if (node.tagName === "iframe" && hasAttribute(node, "srcdoc")) {
    const inner = parse(attribute(node, "srcdoc"))
    showEmbedded(inner, parse, depth + 1)
    return inner
  }
  return isTemplate(node) && hasAttribute(node, "shadowrootmode")
    ? defaultTreeAdapter.getTemplateContent(node)
    : undefined
}

const isTemplate = (node: Tree.Node): node is Tree.Template => node.nodeName === "template" && "content" in node
