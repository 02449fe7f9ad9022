/** The formulas of web pages (MathML) as text. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { formula, fraction, lowered, raised, root } from "../text/formula.ts"
import { attribute, isTag, textOf } from "./htmlTree.ts"

export const mathmlText = (math: Tree.Element): string => formula(render(math))

const tags = (parent: Tree.Element): ReadonlyArray<Tree.Element> => parent.childNodes.filter(isTag)

/** Names and numbers side by side are separate. */
const row = (elements: ReadonlyArray<Tree.Element>): string => {
  let text = ""
  for (const next of elements.map(render)) {
    const joins = /[\p{L}\p{N}]$/u.test(text) && /^[\p{L}\p{N}]/u.test(next)
    text += joins ? ` ${next}` : next
  }
  return text
}

const nth = (parent: Tree.Element, index: number): string => {
  const child = tags(parent)[index]
  return child === undefined ? "" : render(child)
}

const render = (element: Tree.Element): string => {
  switch (element.tagName) {
    case "mi":
    case "mn":
    case "mo":
    case "mtext":
    case "ms":
      return textOf(element).trim().replaceAll(/\s+/g, " ")
    case "mfrac":
      return fraction(nth(element, 0), nth(element, 1))
    case "msup":
    case "mover":
      return nth(element, 0) + raised(nth(element, 1))
    case "msub":
    case "munder":
      return nth(element, 0) + lowered(nth(element, 1))
    case "msubsup":
    case "munderover":
      return nth(element, 0) + lowered(nth(element, 1)) + raised(nth(element, 2))
    case "mmultiscripts":
      return nth(element, 0) + lowered(nth(element, 1)) + raised(nth(element, 2))
    case "msqrt":
      return root("", row(tags(element)))
    case "mroot":
      return root(nth(element, 1), nth(element, 0))
    case "mfenced": {
      const inner = tags(element).map(render).join(", ")
      return `${attribute(element, "open") || "("}${inner}${attribute(element, "close") || ")"}`
    }
    case "mtable":
      return tags(element).map((line) => tags(line).map(render).join(", ")).join("; ")
    case "annotation":
    case "annotation-xml":
    case "mspace":
    case "mphantom":
      return element.tagName === "mspace" ? " " : ""
    default: {
      const inner = tags(element)
      return inner.length === 0 ? textOf(element).trim() : row(inner)
    }
  }
}
