/** The formulas of Office documents (OMML) as text. */
import { formula, fraction, lowered, raised, root } from "../text/formula.ts"
import { attributeOf, childOf, childrenOf, elementsOf, nameOf, type XmlElement, XmlText } from "./xml.ts"

export const ommlText = (math: XmlElement): string => formula(textOf(math))

const all = (parent: XmlElement | undefined): string => elementsOf(parent).map(textOf).join("")
const part = (parent: XmlElement, name: string): string => all(childOf(parent, name))
const setting = (parent: XmlElement, properties: string, name: string): string | undefined =>
  attributeOf(childOf(parent, properties, name), "val")

const textOf = (element: XmlElement): string => {
  switch (nameOf(element)) {
    case "t":
      return element.children.map((child) => child instanceof XmlText ? child.text : "").join("")
    case "f":
      return setting(element, "fPr", "type") === "noBar"
        ? `(${part(element, "num")} over ${part(element, "den")})`
        : fraction(part(element, "num"), part(element, "den"))
    case "sSup":
      return part(element, "e") + raised(part(element, "sup"))
    case "sSub":
      return part(element, "e") + lowered(part(element, "sub"))
    case "sSubSup":
      return part(element, "e") + lowered(part(element, "sub")) + raised(part(element, "sup"))
    case "sPre":
      return `${lowered(part(element, "sub"))}${raised(part(element, "sup"))} ${part(element, "e")}`
    case "rad":
      return root(part(element, "deg"), part(element, "e"))
    case "nary":
      return `${setting(element, "naryPr", "chr") ?? "∫"}${lowered(part(element, "sub"))}${
        raised(part(element, "sup"))
      } ${part(element, "e")}`
    case "func":
      return `${part(element, "fName")} ${part(element, "e")}`
    case "limLow":
      return `${part(element, "e")}${lowered(part(element, "lim"))}`
    case "limUpp":
      return `${part(element, "e")}${raised(part(element, "lim"))}`
    case "d": {
      const separator = setting(element, "dPr", "sepChr") ?? ", "
      const inner = childrenOf(element, "e").map(all).join(separator)
      return `${setting(element, "dPr", "begChr") ?? "("}${inner}${setting(element, "dPr", "endChr") ?? ")"}`
    }
    case "m":
      return childrenOf(element, "mr").map((row) => childrenOf(row, "e").map(all).join(", ")).join("; ")
    case "eqArr":
      return childrenOf(element, "e").map(all).join("; ")
    case "bar":
      return `${part(element, "e")}\u0304`
    case "acc":
      return part(element, "e") + (setting(element, "accPr", "chr") ?? "\u0302")
    case "del":
    case "moveFrom":
      return ""
    default:
      return all(element)
  }
}
