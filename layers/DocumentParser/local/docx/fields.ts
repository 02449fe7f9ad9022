/** Word's fields; the old form fields keep their state in the field itself. */
import { attributeOf, childOf, childrenOf, isOn, type XmlElement } from "../office/xml.ts"
import type { Field } from "./Story.ts"

export const beginField = (element: XmlElement): Field => ({
  code: "",
  isResult: false,
  form: childOf(element, "ffData")
})

/** What the form field shows, if it has no result that does. */
export const endField = (field: Field | undefined): string => {
  const box = childOf(field?.form, "checkBox")
  if (box !== undefined) return isOn(childOf(box, "checked") ?? childOf(box, "default")) ? "[x]" : "[ ]"
  const list = childOf(field?.form, "ddList")
  if (list === undefined) return ""
  const chosen = childOf(list, "result") ?? childOf(list, "default")
  const entry = childrenOf(list, "listEntry")[Number(attributeOf(chosen, "val") ?? "0")]
  return attributeOf(entry, "val") ?? ""
}
