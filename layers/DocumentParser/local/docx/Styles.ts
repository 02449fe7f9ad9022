/** What Word's styles say about a paragraph: its heading level and its place in a numbered list. */
import { attributeOf, childOf, childrenOf, type XmlElement } from "../office/xml.ts"

export interface Styles {
  /** 1 to 6 for a heading, by the style's name or outline level or those of the styles it is based on. */
  readonly headingLevel: (styleId: string) => number | undefined
  /** The nearest `numPr` of the style. */
  readonly numbering: (styleId: string) => XmlElement | undefined
  /** The nearest run property with this name: `b`, `i`, `vanish`, `vertAlign`. */
  readonly runProperty: (styleId: string, name: string) => XmlElement | undefined
  readonly isTitle: (styleId: string) => boolean
}

const deepestHeading = 6

export const readStyles = (root: XmlElement | undefined): Styles => {
  const byId = new Map(childrenOf(root, "style").map((style) => [attributeOf(style, "styleId") ?? "", style]))
  /** The first answer of the style and those it is based on, which may form a circle. */
  const search = <A>(styleId: string, read: (style: XmlElement) => A | undefined): A | undefined => {
    const seen = new Set<string>()
    let id = styleId
    for (let style = byId.get(id); style !== undefined && !seen.has(id); style = byId.get(id)) {
      seen.add(id)
      const found = read(style)
      if (found !== undefined) return found
      id = attributeOf(childOf(style, "basedOn"), "val") ?? ""
    }
    return undefined
  }
  return {
    headingLevel: (styleId) => search(styleId, headingLevelOf) ?? levelOfName(styleId),
    numbering: (styleId) => search(styleId, (style) => childOf(style, "pPr", "numPr")),
    runProperty: (styleId, name) => search(styleId, (style) => childOf(style, "rPr", name)),
    isTitle: (styleId) => search(styleId, (style) => nameOfStyle(style) === "title" ? true : undefined) ?? false
  }
}

const nameOfStyle = (style: XmlElement): string => (attributeOf(childOf(style, "name"), "val") ?? "").toLowerCase()

const headingLevelOf = (style: XmlElement): number | undefined =>
  outlineLevel(childOf(style, "pPr")) ?? levelOfName(nameOfStyle(style))

/** Level 9 is body text, which ends the search: 0. */
export const outlineLevel = (properties: XmlElement | undefined): number | undefined => {
  const value = attributeOf(childOf(properties, "outlineLvl"), "val")
  if (value === undefined) return undefined
  const level = Number(value)
  return level >= 0 && level < 9 ? Math.min(level + 1, deepestHeading) : 0
}

/** Some programs write headings without an outline level or without defining their style. */
const levelOfName = (name: string): number | undefined => {
  const level = /^heading ?([1-9])$/i.exec(name)?.[1]
  return level === undefined ? undefined : Math.min(Number(level), deepestHeading)
}
