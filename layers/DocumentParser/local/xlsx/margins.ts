/** What is printed above and below each page of a sheet. */
import { attributeOf, childOf, type XmlElement } from "../office/xml.ts"

export const readMargins = (sheet: XmlElement, name: "Header" | "Footer"): ReadonlyArray<string> => {
  const margins = childOf(sheet, "headerFooter")
  const isOn = (flag: string) => ["1", "true"].includes(attributeOf(margins, flag) ?? "")
  const kinds = ["odd", ...isOn("differentFirst") ? ["first"] : [], ...isOn("differentOddEven") ? ["even"] : []]
  return kinds.map((kind) => marginText(childOf(margins, `${kind}${name}`)?.text ?? "")).filter((text) => text !== "")
}

/** Codes for fonts, and for what a program fills in, such as the page's number. */
const code = /&(?:"[^"]*"|K[0-9A-F]{6}|K\d\d[+-]\d{3}|\d+|[A-Z])/gi
/** Where the left, middle and right parts begin. */
const place = /&[LCR]/i
const pageNumber = /&[PN]/i
const ofPageNumber: ReadonlySet<string> = new Set(["page", "seite", "página", "of", "von", "de"])

/** Empty if it says nothing but which page it is. */
export const marginText = (margin: string): string =>
  margin.replaceAll("&&", ampersand).split(place).map(partText).filter((text) => text !== "").join(" ")

const ampersand = "\ufdd0"

const partText = (part: string): string => {
  const text = part.replaceAll(code, " ").replaceAll(ampersand, "&").replaceAll(/\s+/g, " ").trim()
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? []
  const isCount = pageNumber.test(part) && words.every((word) => ofPageNumber.has(word.toLowerCase()))
  return isCount || words.length === 0 ? "" : text
}
