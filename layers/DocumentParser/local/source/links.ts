/** How the parts of an Office document refer to each other, read from their text. */
import type { Archive } from "../office/archive.ts"
import { resolve } from "../office/relationships.ts"
import { decoded } from "./paragraphs.ts"

export interface Link {
  readonly id: string
  /** The last part of its type's name. */
  readonly type: string
  /** The name of a part. */
  readonly target: string
}

const relationship = /<(?:\w+:)?Relationship(\s[^<>]*)>/g

/** Of the part with this name; the empty name is the whole document. With `only`, those of this type. */
export const linksOf = (archive: Archive, part: string, only = ""): ReadonlyArray<Link> => {
  const slash = part.lastIndexOf("/")
  const folder = part.slice(0, slash + 1)
  const xml = archive.text(`${folder}_rels/${part.slice(slash + 1)}.rels`) ?? ""
  if (!xml.includes(only)) return []
  return [...xml.matchAll(relationship)].flatMap(([, tag = ""]) => {
    if (!tag.includes(only)) return []
    const attributes = attributesIn(tag)
    if (attributes.get("TargetMode") === "External") return []
    const type = attributes.get("Type") ?? ""
    const name = type.slice(type.lastIndexOf("/") + 1)
    if (only !== "" && name !== only) return []
    return [{ id: attributes.get("Id") ?? "", type: name, target: resolve(folder, attributes.get("Target") ?? "") }]
  })
}

export const mainOf = (archive: Archive, usual: string): string =>
  linksOf(archive, "").find(({ target, type }) => type === "officeDocument" && archive.text(target) !== undefined)
    ?.target ?? usual

/** The attributes inside a tag. */
export const attributesIn = (tag: string): ReadonlyMap<string, string> =>
  new Map([...tag.matchAll(attribute)].map(([, name = "", value = ""]) => [name, decoded(value)]))

const attribute = /\s([\w:-]+)=["']([^"']*)["']/g

/** The part that a tag inside `part` stands for. */
export const partOf = (links: ReadonlyArray<Link>, tag: string): string => {
  // With any prefix: without one, it is a number of the tag itself.
  const reference = /:id=["']([^"']*)["']/.exec(tag)?.[1]
  return links.find(({ id }) => id === reference)?.target ?? ""
}
