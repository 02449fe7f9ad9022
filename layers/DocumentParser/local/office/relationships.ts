/** How the parts of an Office document refer to each other. */
import type { Archive } from "./archive.ts"
import { attributeOf, childrenOf, readPart } from "./xml.ts"

export interface Relationship {
  /** The last part of its type's name: `header`, `hyperlink`, `chart`. */
  readonly type: string
  /** The name of a part, or an address outside. */
  readonly target: string
  readonly isExternal: boolean
}

/** By id, of the part with this name; the empty name is the whole document. */
export const relationshipsOf = (archive: Archive, part: string): ReadonlyMap<string, Relationship> => {
  const slash = part.lastIndexOf("/")
  const folder = part.slice(0, slash + 1)
  const root = readPart(archive, `${folder}_rels/${part.slice(slash + 1)}.rels`)
  return new Map(
    childrenOf(root, "Relationship").map((each) => {
      const target = attributeOf(each, "Target") ?? ""
      const isExternal = attributeOf(each, "TargetMode") === "External"
      const type = attributeOf(each, "Type") ?? ""
      return [attributeOf(each, "Id") ?? "", {
        type: type.slice(type.lastIndexOf("/") + 1),
        target: isExternal ? target : resolve(folder, target),
        isExternal
      }]
    })
  )
}

/** The main part: `word/document.xml`, unless the document says otherwise. */
export const mainPart = (archive: Archive, usual: string): string =>
  [...relationshipsOf(archive, "").values()].find(({ target, type }) =>
    type === "officeDocument" && archive.read(target) !== undefined
  )?.target ?? usual

export const partsOfType = (relations: ReadonlyMap<string, Relationship>, type: string): ReadonlyArray<string> =>
  [...relations.values()].filter((each) => each.type === type && !each.isExternal).map(({ target }) => target)

export const resolve = (folder: string, target: string): string => {
  const path: Array<string> = []
  for (const step of (target.startsWith("/") ? target : folder + target).split(/[\\/]/)) {
    if (step === "..") path.pop()
    else if (step !== "." && step !== "") path.push(step)
  }
  return path.join("/")
}
