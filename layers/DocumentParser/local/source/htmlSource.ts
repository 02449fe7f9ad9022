/** The text of a page, by the browser's rules for what is shown: text, the values of controls, and pictures' descriptions. */
import { defaultTreeAdapter, type DefaultTreeAdapterTypes as Tree } from "parse5"
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import { controlText } from "../html/formControls.ts"
import { attribute, isTag } from "../html/htmlTree.ts"
import { svgText } from "../html/svgText.ts"
import { blocks, dropped, hasHiding } from "../html/Walk.ts"

export const htmlSource = (root: Tree.ParentNode): Source => ({
  pages: [{ number: 0, lines: linesOf(root), isScan: false }]
})

const { isTextNode } = defaultTreeAdapter

/** What a tag is for the text of a page; others are a part of their line. */
type Role = "silent" | "block" | "cell" | "break" | "control" | "picture" | "drawing"

const roles: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...[...blocks].map((name) => [name, "block"] as const),
  // A title is shown by the window; `rp` is for old browsers; an annotation repeats its formula.
  ...[...dropped, "title", "rp", "annotation", "annotation-xml"].map((name) => [name, "silent"] as const),
  ["td", "cell"],
  ["th", "cell"],
  ["br", "break"],
  ["input", "control"],
  ["select", "control"],
  ["img", "picture"],
  ["svg", "drawing"]
])

/** A row of a table is a line. Without recursion: elements may be nested thousands deep. */
export const linesOf = (root: Tree.ParentNode): ReadonlyArray<SourceLine> => {
  const lines: Array<SourceLine> = []
  const values: Array<SourceLine> = []
  let text = ""
  let isBlank = true
  let isAfterSpace = true
  let cells = 0
  const addSpace = () => {
    if (!isAfterSpace) text += " "
    isAfterSpace = true
  }
  const endLine = () => {
    if (cells > 0) return addSpace()
    if (!isBlank) lines.push({ text, kind: "lines" })
    text = ""
    isBlank = true
    isAfterSpace = true
  }
  const add = (piece: string) => {
    if (isSpace(piece)) return addSpace()
    text += piece
    isBlank = false
    isAfterSpace = false
  }
  /** What is open, from the outside: its role, its children, and which comes next. */
  const open: Array<Role | undefined> = [undefined]
  const children: Array<ReadonlyArray<Tree.ChildNode>> = [root.childNodes]
  const places = [0]
  for (let depth = 0; depth >= 0;) {
    const place = places[depth] ?? 0
    const node = children[depth]?.[place]
    if (node === undefined) {
      const role = open[depth--]
      if (role === "cell") cells--
      if (role === "cell" || role === "block") endLine()
      continue
    }
    places[depth] = place + 1
    if (isTextNode(node)) {
      add(node.value)
      continue
    }
    if (!isTag(node)) continue
    const role = roles.get(node.tagName)
    if (role === "silent" || hasHiding(node)) continue
    if (role === "control") {
      const value = controlText(node)
      if (value.trim() !== "") values.push({ text: value, kind: "form_value" })
      continue
    }
    if (role === "drawing") {
      add(` ${svgText(node)} `)
      continue
    }
    if (role === "picture") add(` ${attribute(node, "alt")} `)
    else if (role === "cell") {
      addSpace()
      cells++
    } else if (role !== undefined) endLine()
    depth++
    open[depth] = role
    children[depth] = node.childNodes
    places[depth] = 0
  }
  endLine()
  for (const value of values) lines.push(value)
  return lines
}

const space = 32

/** Mostly decided by the first character. */
const isSpace = (text: string): boolean => {
  let at = 0
  while (at < text.length && text.charCodeAt(at) <= space) at++
  return at === text.length
}
