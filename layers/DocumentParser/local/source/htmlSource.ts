/** The text of a page, by the browser's rules for what is shown: text, the values of controls, and pictures' descriptions. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import { controlText } from "../html/formControls.ts"
import { attribute, isTag, pushChildren } from "../html/htmlTree.ts"
import { blocks, isHidden } from "../html/Walk.ts"

export const htmlSource = (root: Tree.ParentNode): Source => ({
  pages: [{ number: 0, lines: linesOf(root), isScan: false }]
})

/** A title is shown by the window; `rp` is for old browsers; an annotation repeats its formula. */
const silent: ReadonlySet<string> = new Set(["title", "rp", "annotation", "annotation-xml"])
const cell: ReadonlySet<string> = new Set(["td", "th"])

interface End {
  readonly endOf: string
}

/** A row of a table is a line. Without recursion: elements may be nested thousands deep. */
export const linesOf = (root: Tree.ParentNode): ReadonlyArray<SourceLine> => {
  const lines: Array<SourceLine> = []
  let line = ""
  let cells = 0
  const endLine = () => {
    if (cells > 0) line += " "
    else {
      if (/\S/.test(line)) lines.push({ text: line, kind: "lines" })
      line = ""
    }
  }
  const pending: Array<Tree.Node | End> = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("endOf" in node) {
      if (cell.has(node.endOf)) cells--
      endLine()
      continue
    }
    if (node.nodeName === "#text" && "value" in node) line += /\S/.test(node.value) ? node.value : " "
    else if (isTag(node)) {
      const { tagName } = node
      if (isHidden(node) || silent.has(tagName)) continue
      if (tagName === "input" || tagName === "select") {
        const text = controlText(node)
        if (text.trim() !== "") lines.push({ text, kind: "form_value" })
        continue
      }
      if (tagName === "img") line += ` ${attribute(node, "alt")} `
      if (tagName === "br") endLine()
      if (cell.has(tagName)) {
        line += " "
        cells++
        pending.push({ endOf: tagName })
      } else if (blocks.has(tagName)) {
        endLine()
        pending.push({ endOf: tagName })
      }
    }
    pushChildren(pending, node)
  }
  endLine()
  return lines
}
