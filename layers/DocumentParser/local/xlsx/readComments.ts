/** What reviewers said of a sheet's cells: notes, and threads of comments with their replies. */
import type { Archive } from "../office/archive.ts"
import { partsOfType, type Relationship, relationshipsOf } from "../office/relationships.ts"
import { attributeOf, childOf, childrenOf, readPart } from "../office/xml.ts"
import { stringOf } from "./stringOf.ts"

/** By id: the names of those who wrote in threads. */
export const readPersons = (
  archive: Archive,
  relations: ReadonlyMap<string, Relationship>
): ReadonlyMap<string, string> =>
  new Map(
    partsOfType(relations, "person").flatMap((part) =>
      childrenOf(readPart(archive, part), "person").map((person) =>
        [attributeOf(person, "id") ?? "", attributeOf(person, "displayName") ?? ""] as const
      )
    )
  )

export const readComments = (
  archive: Archive,
  sheet: string,
  persons: ReadonlyMap<string, string>
): ReadonlyArray<string> => {
  const relations = relationshipsOf(archive, sheet)
  const threads = partsOfType(relations, "threadedComment").flatMap((part) =>
    childrenOf(readPart(archive, part), "threadedComment").map((each) => ({
      ref: attributeOf(each, "ref") ?? "",
      author: persons.get(attributeOf(each, "personId") ?? "") ?? "",
      text: childrenOf(each, "text").map(({ text }) => text).join(" ")
    }))
  )
  const inThreads = new Set(threads.map(({ ref }) => ref))
  const notes = partsOfType(relations, "comments").flatMap((part) => {
    const root = readPart(archive, part)
    const authors = childrenOf(childOf(root, "authors"), "author").map(({ text }) => text)
    return childrenOf(childOf(root, "commentList"), "comment").map((each) => ({
      ref: attributeOf(each, "ref") ?? "",
      author: authors[Number(attributeOf(each, "authorId"))] ?? "",
      text: childrenOf(each, "text").map(stringOf).join(" ")
    }))
  }).flatMap((note) => {
    // Old programs are shown a copy of a thread, without its author.
    if (!note.author.startsWith("tc=")) return [{ ...note, text: withoutName(note.text, note.author) }]
    return inThreads.has(note.ref) ? [] : [{ ...note, author: "", text: withoutAdvice(note.text) }]
  })
  return [...notes, ...threads].flatMap(({ author, ref, text }) => {
    const said = text.replaceAll(/\s+/g, " ").trim()
    return said === "" ? [] : [`Comment on ${ref || "a cell"}${author === "" ? "" : ` by ${author}`}: ${said}`]
  })
}

/** Excel writes above the copy that this version is too old. */
const withoutAdvice = (text: string): string =>
  text.startsWith("[Threaded comment]") ? text.slice(text.indexOf(copied) + copied.length) : text

const copied = "Comment:"

/** Excel begins a note with its author's name. */
const withoutName = (text: string, author: string): string =>
  author !== "" && text.trimStart().startsWith(`${author}:`) ? text.trimStart().slice(author.length + 1) : text
