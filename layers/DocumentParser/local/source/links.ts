/** How the parts of an Office document refer to each other, read from their text. */
import type { Archive } from "../office/archive.ts"
import { resolve } from "../office/relationships.ts"
import { decoded } from "./paragraphs.ts"

/** Of one part to others. */
export interface Links {
  /** The name of the part that an id stands for; empty if there is none. */
  readonly target: (id: string) => string
  /** The last part of a type's name: `notesSlide`. */
  readonly ofType: (type: string) => ReadonlyArray<string>
}

const relationship = /<(?:\w+:)?Relationship(\s[^<>]*)>/g

/** Of the part with this name; the empty name is the whole document. */
export const linksOf = (archive: Archive, part: string): Links => {
  const slash = part.lastIndexOf("/")
  const folder = part.slice(0, slash + 1)
  const xml = archive.text(`${folder}_rels/${part.slice(slash + 1)}.rels`) ?? ""
  const targetOf = (tag: string) => resolve(folder, attributeIn(tag, "Target"))
  const tags = () =>
    [...xml.matchAll(relationship)].flatMap(([, tag = ""]) =>
      attributeIn(tag, "TargetMode") === "External" ? [] : [tag]
    )
  let byId: ReadonlyMap<string, string> | undefined
  return {
    target: (id) => {
      byId ??= new Map(tags().map((tag) => [attributeIn(tag, "Id"), targetOf(tag)]))
      return byId.get(id) ?? ""
    },
    // Most parts have few types.
    ofType: (type) =>
      xml.includes(`/${type}`)
        ? tags().filter((tag) => attributeIn(tag, "Type").endsWith(`/${type}`)).map(targetOf)
        : []
  }
}

export const mainOf = (archive: Archive, usual: string): string =>
  linksOf(archive, "").ofType("officeDocument").find((target) => archive.text(target) !== undefined) ?? usual

/** The value of one of a tag's attributes; empty if it has none of that name. */
export const attributeIn = (tag: string, name: string): string => {
  for (let at = tag.indexOf(name); at !== -1; at = tag.indexOf(name, at + 1)) {
    const start = at + name.length + 2
    const quote = tag[start - 1]
    if (tag.charCodeAt(at - 1) > space || tag[start - 2] !== "=" || (quote !== "\"" && quote !== "'")) continue
    const end = tag.indexOf(quote, start)
    return end === -1 ? "" : decoded(tag.slice(start, end))
  }
  return ""
}

const space = 32

/** The part that a tag stands for. */
export const partOf = (links: Links, tag: string): string =>
  // With any prefix: without one, it is a number of the tag itself.
  links.target(/:id=["']([^"']*)["']/.exec(tag)?.[1] ?? "")
