/** What reviewers said of a slide, in the format of PowerPoint 2007 and in today's, which has threads. */
import type { Archive } from "../office/archive.ts"
import { wordsOf } from "../office/charts.ts"
import { partsOfType, type Relationship } from "../office/relationships.ts"
import { attributeOf, childOf, childrenOf, readPart, type XmlElement } from "../office/xml.ts"

/** By id. `relations`: of the presentation. */
export const readAuthors = (
  archive: Archive,
  relations: ReadonlyMap<string, Relationship>
): ReadonlyMap<string, string> =>
  new Map(
    [["commentAuthors", "cmAuthor"], ["authors", "author"]].flatMap(([type = "", name = ""]) =>
      partsOfType(relations, type).flatMap((part) =>
        childrenOf(readPart(archive, part), name).map((author) =>
          [attributeOf(author, "id") ?? "", attributeOf(author, "name") ?? ""] as const
        )
      )
    )
  )

/** `relations`: of the slide. */
export const readComments = (
  archive: Archive,
  relations: ReadonlyMap<string, Relationship>,
  authors: ReadonlyMap<string, string>
): ReadonlyArray<string> => {
  const said = (comment: XmlElement): ReadonlyArray<string> => {
    const text = childOf(comment, "text")?.text ?? wordsOf(childOf(comment, "txBody"))
    const author = authors.get(attributeOf(comment, "authorId") ?? "") ?? ""
    const own = text.trim() === "" ? [] : [`Comment${author === "" ? "" : ` by ${author}`}: ${text.trim()}`]
    return [...own, ...childrenOf(childOf(comment, "replyLst"), "reply").flatMap(said)]
  }
  return partsOfType(relations, "comments").flatMap((part) => childrenOf(readPart(archive, part), "cm").flatMap(said))
}
