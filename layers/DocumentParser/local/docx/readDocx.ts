/** The text of a Word document as an HTML tree: headers, body, footers. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { treeToMarkdown } from "../html/htmlToMarkdown.ts"
import { makeElement } from "../html/htmlTree.ts"
import { type Archive, openArchive } from "../office/archive.ts"
import { mainPart, partsOfType, relationshipsOf } from "../office/relationships.ts"
import { allOf, attributeOf, childOf, isOn, readPart, type XmlElement } from "../office/xml.ts"
import { ParseFailure } from "../ParseFailure.ts"
import { readNotes } from "./notes.ts"
import { readNumbering } from "./Numbering.ts"
import { readAltChunks } from "./readAltChunks.ts"
import { readBlocks } from "./readBlocks.ts"
import type { Story } from "./Story.ts"
import { readStyles } from "./Styles.ts"

export const openWord = (bytes: Buffer): Archive => openArchive(bytes, "Word document")

/** `markers` receives the labels of list items. */
export const readDocx = async (
  archive: Archive,
  markers: Map<Tree.Node, string>
): Promise<ReadonlyArray<Tree.Element>> => {
  const part = mainPart(archive, "word/document.xml")
  const root = readPart(archive, part)
  if (root === undefined) throw new ParseFailure("PARSE_CORRUPT", "The Word document is damaged: its text is missing.")
  const relations = relationshipsOf(archive, part)
  const partOf = (type: string) => partsOfType(relations, type).map((name) => readPart(archive, name))[0]
  const story: Story = {
    readBlocks,
    archive,
    relations,
    styles: readStyles(partOf("styles")),
    numbering: readNumbering(partOf("numbering")),
    notes: readNotes(archive, relations),
    altChunks: await readAltChunks(archive, relations, (inner) => readDocx(openWord(inner), markers)),
    markers,
    pending: [],
    counts: { notes: 0 },
    fields: []
  }
  const margins = (name: "header" | "footer") => readMargins(story, root, partOf("settings"), name)
  const head = margins("header")
  const body = readBlocks(story, childOf(root, "body") ?? root)
  return [...head, ...body, ...margins("footer")]
}

/** Headers or footers of all sections, each text once. */
const readMargins = (
  story: Story,
  root: XmlElement,
  settings: XmlElement | undefined,
  name: "header" | "footer"
): ReadonlyArray<Tree.Element> => {
  const hasEven = isOn(childOf(settings, "evenAndOddHeaders"))
  const parts = allOf(root, "sectPr").flatMap((section) =>
    allOf(section, `${name}Reference`).filter((reference) => {
      const type = attributeOf(reference, "type")
      return type === "first" ? isOn(childOf(section, "titlePg")) : type !== "even" || hasEven
    }).flatMap((reference) => {
      const relation = story.relations.get(attributeOf(reference, "id") ?? "")
      return relation === undefined || relation.isExternal ? [] : [relation.target]
    })
  )
  const seen = new Set<string>()
  return [...new Set(parts)].flatMap((part) => {
    const content = readPart(story.archive, part)
    if (content === undefined) return []
    const inner: Story = { ...story, relations: relationshipsOf(story.archive, part), fields: [] }
    return readBlocks(inner, content).filter((block) => {
      const text = treeToMarkdown(makeElement("body", [block]), story.markers).replaceAll(/\s+/g, " ").trim()
      // A page number alone says nothing, and it is another on each page.
      if (!/\p{L}{2}|\d{3}/u.test(text) || seen.has(text)) return false
      seen.add(text)
      return true
    })
  })
}
