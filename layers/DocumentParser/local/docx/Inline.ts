/** Collects a paragraph's text with its marks; neighbours with the same marks become one. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { makeElement, makeText } from "../html/htmlTree.ts"

export interface Marks {
  readonly bold: boolean
  readonly italic: boolean
  readonly struck: boolean
  readonly raise: "sup" | "sub" | ""
  /** An address. */
  readonly link: string
}

export const noMarks: Marks = { bold: false, italic: false, struck: false, raise: "", link: "" }

export interface Inline {
  readonly nodes: Array<Tree.ChildNode>
  /** What floats beside the paragraph: text boxes, charts. */
  readonly beside: Array<Tree.Element>
  readonly text: (text: string, marks: Marks) => void
  /** Text that stands apart from the words beside it. */
  readonly apart: (text: string) => void
  readonly lineBreak: () => void
}

export const makeInline = (): Inline => {
  const nodes: Array<Tree.ChildNode> = []
  let end = ""
  let isApart = false
  let last: { readonly key: string; readonly node: Tree.TextNode } | undefined
  const write = (written: string, marks: Marks) => {
    const text = isApart && startsWord.test(written) ? ` ${written}` : written
    if (text === "") return
    isApart = false
    end = text.slice(-1)
    const tags = tagsOf(marks)
    const key = `${tags.join()} ${marks.link}`
    if (last?.key === key) {
      last.node.value += text
      return
    }
    const node = makeText(text)
    last = { key, node }
    const outermost = tags.reduce<Tree.ChildNode>(
      (inner, tag) => makeElement(tag, [inner], tag === "a" ? { href: marks.link } : {}),
      node
    )
    nodes.push(outermost)
  }
  return {
    nodes,
    beside: [],
    text: write,
    apart: (text) => {
      write(endsWord.test(end) ? ` ${text}` : text, noMarks)
      isApart = true
    },
    lineBreak: () => {
      nodes.push(makeElement("br", []))
      last = undefined
      end = ""
    }
  }
}

const startsWord = /^[\p{L}\p{N}(]/u
const endsWord = /[\p{L}\p{N})]$/u

/** From the innermost to the outermost. */
const tagsOf = ({ bold, italic, link, raise, struck }: Marks): ReadonlyArray<string> => [
  ...(raise === "" ? [] : [raise]),
  ...(struck ? ["s"] : []),
  ...(italic ? ["em"] : []),
  ...(bold ? ["strong"] : []),
  ...(link === "" ? [] : ["a"])
]
