/** The items of a list with their labels, as a browser counts them. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { formatNumber } from "../text/formatNumber.ts"
import { attribute, hasAttribute, isTag } from "./htmlTree.ts"
import { isHidden, type Walk } from "./Walk.ts"

export interface Item {
  /** An `li`, or content of the list outside any `li`. */
  readonly item: Tree.Element
  /** `2.`, `b.`, `iv.`; empty for a bullet. */
  readonly label: string
}

export const itemsOf = (list: Tree.Element, { markers }: Walk): ReadonlyArray<Item> => {
  const children = list.childNodes.filter(isTag).filter((child) => !isHidden(child))
  const isReversed = hasAttribute(list, "reversed")
  const count = children.filter(({ tagName }) => tagName === "li").length
  let number = numberOf(attribute(list, "start")) ?? (isReversed ? count : 1)
  return children.map((item) => {
    if (item.tagName !== "li") return { item, label: "" }
    const known = markers.get(item)
    if (known !== undefined || list.tagName !== "ol") return { item, label: known ?? "" }
    number = numberOf(attribute(item, "value")) ?? number
    const text = formatNumber(number, formatOf(item) || formatOf(list) || "decimal")
    number += isReversed ? -1 : 1
    return { item, label: text === "" ? "" : `${text}.` }
  })
}

const numberOf = (value: string): number | undefined =>
  /^\s*-?\d{1,9}/.test(value) ? Number.parseInt(value, 10) : undefined

const formats: ReadonlyMap<string, string> = new Map([
  ["a", "lowerLetter"],
  ["A", "upperLetter"],
  ["i", "lowerRoman"],
  ["I", "upperRoman"],
  ["1", "decimal"],
  ["lower-alpha", "lowerLetter"],
  ["lower-latin", "lowerLetter"],
  ["upper-alpha", "upperLetter"],
  ["upper-latin", "upperLetter"],
  ["lower-roman", "lowerRoman"],
  ["upper-roman", "upperRoman"],
  ["decimal-leading-zero", "decimalZero"],
  ["none", "none"]
])

const formatOf = (element: Tree.Element): string => {
  const style = /list-style(?:-type)?\s*:\s*([a-z-]+)/i.exec(attribute(element, "style"))?.[1]?.toLowerCase() ?? ""
  return formats.get(style) ?? formats.get(attribute(element, "type")) ?? ""
}
