/**
 * The XML parts of an Office document. Elements and attributes are found by their local names, because programs choose
 * their own prefixes.
 */
import { parseXml, type XmlDocument, XmlElement, XmlText } from "@rgrove/parse-xml"
import { ParseFailure } from "../ParseFailure.ts"
import type { Archive } from "./archive.ts"

export { XmlElement, XmlText }

/** A part's root element, or undefined if the archive has no such part. */
export const readPart = (archive: Archive, name: string): XmlElement | undefined => {
  const xml = archive.text(name)
  return xml === undefined ? undefined : parsed(archive, name, xml).root ?? undefined
}

const parsed = (archive: Archive, name: string, xml: string): XmlDocument => {
  try {
    // Entities that a document declares itself are not expanded: they could be nested without end.
    return parseXml(xml, { ignoreUndefinedEntities: true })
  } catch (cause) {
    if (cause instanceof RangeError) throw cause
    throw new ParseFailure("PARSE_CORRUPT", `The ${archive.kind} is damaged: its part ${name} is not XML.`, cause)
  }
}

export const nameOf = ({ name }: XmlElement): string => name.slice(name.indexOf(":") + 1)

export const attributeOf = (element: XmlElement | undefined, name: string): string | undefined => {
  if (element === undefined) return undefined
  const { attributes } = element
  for (const key in attributes) {
    if (key === name || (key.endsWith(name) && key.at(-name.length - 1) === ":")) return attributes[key]
  }
  return undefined
}

export const elementsOf = (parent: XmlElement | undefined): ReadonlyArray<XmlElement> =>
  parent?.children.filter((child) => child instanceof XmlElement) ?? []

export const childrenOf = (parent: XmlElement | undefined, name: string): ReadonlyArray<XmlElement> =>
  elementsOf(parent).filter((child) => nameOf(child) === name)

export const childOf = (parent: XmlElement | undefined, ...path: ReadonlyArray<string>): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>(
    (at, name) =>
      at?.children.find((child): child is XmlElement => child instanceof XmlElement && nameOf(child) === name),
    parent
  )

/** Every element below with this name, in order; not those inside one another. */
export const allOf = (root: XmlElement | undefined, name: string): ReadonlyArray<XmlElement> =>
  elementsOf(root).flatMap((child) => nameOf(child) === name ? [child] : allOf(child, name))

/** The value that most settings of Word have: `<w:b/>` and `<w:b w:val="1"/>` are on, `<w:b w:val="0"/>` is off. */
export const isOn = (element: XmlElement | undefined): boolean =>
  element !== undefined && !["0", "false", "off", "none"].includes(attributeOf(element, "val") ?? "1")
