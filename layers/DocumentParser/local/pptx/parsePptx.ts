/** PPTX → Markdown, a page for each slide: its title, texts, tables, charts, diagrams and notes. */
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"
import { pageMark } from "../../../../src/domain/text.ts"
import { treeToMarkdown } from "../html/htmlToMarkdown.ts"
import { makeElement } from "../html/htmlTree.ts"
import { type Archive, openArchive } from "../office/archive.ts"
import { mainPart, partsOfType, relationshipsOf } from "../office/relationships.ts"
import { allOf, attributeOf, childOf, childrenOf, readPart, type XmlElement } from "../office/xml.ts"
import { ParseFailure } from "../ParseFailure.ts"
import { guard } from "../threads/guard.ts"
import { readAuthors, readComments } from "./readComments.ts"
import { readShapes } from "./readShapes.ts"

export interface Slides {
  readonly markdown: string
  readonly pages: number
  readonly leftOut: ReadonlyArray<Omission>
}

export const openPresentation = (bytes: Buffer): Archive => openArchive(bytes, "PowerPoint presentation")

export const parsePptx = (archive: Archive): Slides => {
  const part = mainPart(archive, "ppt/presentation.xml")
  const root = readPart(archive, part)
  if (root === undefined) {
    throw new ParseFailure("PARSE_CORRUPT", "The PowerPoint presentation is damaged: its slides are missing.")
  }
  const relations = relationshipsOf(archive, part)
  const authors = readAuthors(archive, relations)
  const leftOut: Array<Omission> = []
  const pages = childrenOf(childOf(root, "sldIdLst"), "sldId").map((entry, index) => {
    const target = relations.get(entry.attributes["r:id"] ?? attributeOf(entry, "id") ?? "")?.target
    const slide = target === undefined ? undefined : readPart(archive, target)
    const page = index + 1
    if (target === undefined || slide === undefined) {
      leftOut.push({ kind: "page", page, count: 1, detail: "The slide is missing from the file." })
      return pageMark(page)
    }
    if (attributeOf(slide, "show") === "0") {
      leftOut.push({ kind: "hidden_layer", page, count: lettersOf(slide), detail: "The slide is hidden." })
      return pageMark(page)
    }
    const blocks = readShapes(archive, target, slide)
    const text = treeToMarkdown(makeElement("body", blocks), new Map())
    return [pageMark(page), text, ...notesOf(archive, target, authors)].filter((piece) => piece !== "").join("\n\n")
  })
  return { markdown: pages.join("\n\n"), pages: pages.length, leftOut }
}

const lettersOf = (slide: XmlElement): number =>
  allOf(slide, "t").reduce((sum, { text }) => sum + text.replaceAll(/\s/g, "").length, 0)

/** What the speaker says, and what reviewers said. */
const notesOf = (
  archive: Archive,
  slide: string,
  authors: ReadonlyMap<string, string>
): ReadonlyArray<string> => {
  const relations = relationshipsOf(archive, slide)
  const notes = partsOfType(relations, "notesSlide").flatMap((part) =>
    allOf(readPart(archive, part), "sp")
      .filter((shape) => attributeOf(childOf(shape, "nvSpPr", "nvPr", "ph"), "type") === "body")
      .flatMap((shape) =>
        allOf(childOf(shape, "txBody"), "p").map((each) => allOf(each, "t").map((t) => t.text).join(""))
      )
      .filter((text) => text.trim() !== "")
  )
  const comments = readComments(archive, relations, authors)
  return [...(notes.length === 0 ? [] : [`Notes: ${notes.join("\n\n")}`]), ...comments].map(guard)
}
