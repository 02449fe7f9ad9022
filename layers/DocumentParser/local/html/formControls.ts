/** What a reader sees in a form: values, chosen options, ticks. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { attribute, hasAttribute, isTag, pushChildren, textOf } from "./htmlTree.ts"

/** Nothing to read, or nothing to show. */
const silent: ReadonlySet<string> = new Set(["button", "file", "hidden", "image", "password", "reset", "submit"])

export const controlText = (control: Tree.Element): string => {
  if (control.tagName === "select") return chosen(control).map(labelOf).join(", ")
  const type = attribute(control, "type").toLowerCase()
  if (silent.has(type)) return ""
  if (type === "checkbox" || type === "radio") return hasAttribute(control, "checked") ? "[x]" : "[ ]"
  return attribute(control, "value").replaceAll(/\s+/g, " ")
}

/** A list that opens shows its first option if none is selected. */
const chosen = (select: Tree.Element): ReadonlyArray<Tree.Element> => {
  const options: Array<Tree.Element> = []
  const pending: Array<Tree.Node> = [select]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isTag(node) && node.tagName === "option") options.push(node)
    pushChildren(pending, node)
  }
  const selected = options.filter((option) => hasAttribute(option, "selected"))
  if (hasAttribute(select, "multiple") || Number(attribute(select, "size") || "1") > 1) return selected
  return (selected.length > 0 ? selected.slice(-1) : options.slice(0, 1))
}

const labelOf = (option: Tree.Element): string =>
  (textOf(option) || attribute(option, "label")).trim().replaceAll(/\s+/g, " ")
