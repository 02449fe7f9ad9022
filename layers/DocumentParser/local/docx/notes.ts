/** Footnotes, endnotes and comments: where they are referred to stands `[^1]`, and they follow the block. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { makeElement, makeText } from "../html/htmlTree.ts"
import type { Archive } from "../office/archive.ts"
import { partsOfType, type Relationship, relationshipsOf } from "../office/relationships.ts"
import { allOf, attributeOf, childrenOf, readPart } from "../office/xml.ts"
import { readInline } from "./readInline.ts"
import type { Note, Story } from "./Story.ts"

const kinds = [["footnotes", "footnote"], ["endnotes", "endnote"], ["comments", "comment"]] as const

export const readNotes = (
  archive: Archive,
  relations: ReadonlyMap<string, Relationship>
): ReadonlyMap<string, Note> => {
  const notes = new Map<string, Note>()
  for (const [type, name] of kinds) {
    for (const part of partsOfType(relations, type)) {
      for (const content of childrenOf(readPart(archive, part), name)) {
        const author = attributeOf(content, "author") ?? ""
        const lead = name !== "comment" ? "" : author === "" ? "Comment: " : `Comment by ${author}: `
        notes.set(`${name}Reference ${attributeOf(content, "id") ?? ""}`, { lead, content, part })
      }
    }
  }
  return notes
}

/** The notes that were referred to since the last block. */
export const takeNotes = (story: Story): ReadonlyArray<Tree.Element> =>
  story.pending.splice(0).map(({ label, note }) => {
    const inner: Story = { ...story, relations: relationshipsOf(story.archive, note.part), fields: [] }
    const paragraphs = allOf(note.content, "p").flatMap((
      paragraph
    ) => [makeText(" "), ...readInline(inner, paragraph).nodes])
    return makeElement("p", [makeText(`${label}: ${note.lead}`), ...paragraphs.slice(1)])
  })
