/** The text of a presentation, slide by slide, with the speaker's notes. */
import type { Source, SourceLine, SourcePage } from "../../../../src/domain/coverage/Source.ts"
import type { Archive } from "../office/archive.ts"
import { attributeIn, linksOf, mainOf, partOf } from "./links.ts"
import { lineOf } from "./paragraphs.ts"

export const slidesSource = (archive: Archive): Source => {
  const main = mainOf(archive, "ppt/presentation.xml")
  const links = linksOf(archive, main)
  const xmlOf = (name: string) => archive.text(name) ?? ""
  const [, list = ""] = xmlOf(main).split("sldIdLst", 2)
  return {
    pages: [...list.matchAll(slide)].map(([, tag = ""], i): SourcePage => {
      const number = i + 1
      const part = partOf(links, tag)
      const xml = xmlOf(part)
      const lines = shapesOf(xml, (place) => !everywhere.has(place))
      if (isHidden(xml)) return { number, lines: [], isScan: false, hiddenLetters: lettersOf(lines) }
      const beside = linksOf(archive, part)
      const said = beside.ofType("notesSlide").flatMap((target) => shapesOf(xmlOf(target), (place) => place === "body"))
      const comments = beside.ofType("comments").flatMap((target) => commentsOf(xmlOf(target)))
      return { number, lines: [...lines, ...said, ...comments], isScan: false }
    })
  }
}

const slide = /<(?:\w+:)?sldId\s([^<>]*)>/g

const isHidden = (xml: string): boolean => {
  const at = xml.indexOf("<p:sld ")
  const show = at === -1 ? "" : attributeIn(xml.slice(at, xml.indexOf(">", at)), "show")
  return show === "0" || show === "false"
}

/** Places that say the same on each slide. */
const everywhere: ReadonlySet<string> = new Set(["sldNum", "dt"])

/** A tag, what follows its name, and the text behind it. */
const token = /<(a:t|a:br|p:ph|\/a:p|\/p:sp|\/?mc:Fallback)([\s/][^<>]*)?>([^<]*)/g

/** Paragraphs of the shapes whose place is read; a shape without a place has the empty one. */
const shapesOf = (xml: string, isRead: (place: string) => boolean): ReadonlyArray<SourceLine> => {
  const lines: Array<SourceLine> = []
  let paragraph = ""
  let place = ""
  let isUnseen = false
  for (const { 1: tag, 2: attributes = "", 3: text = "" } of xml.matchAll(token)) {
    if (tag === "mc:Fallback" || tag === "/mc:Fallback") isUnseen = tag === "mc:Fallback"
    else if (isUnseen) continue
    else if (tag === "a:t") paragraph += attributes.endsWith("/") ? "" : text
    else if (tag === "a:br") paragraph += " "
    else if (tag === "/p:sp") place = ""
    else if (tag === "p:ph") place = attributeIn(attributes, "type") || "body"
    else {
      if (paragraph.trim() !== "" && isRead(place)) lines.push(lineOf(paragraph))
      paragraph = ""
    }
  }
  return lines
}

const comment = /<(?:\w+:)?text(?:\s[^<>]*)?>([^<]*)</g

/** In the old format of comments, and in the new one, whose text is that of a shape. */
const commentsOf = (xml: string): ReadonlyArray<SourceLine> => [
  ...[...xml.matchAll(comment)].map(([, text = ""]) => lineOf(text)),
  ...shapesOf(xml, () => true)
]

const lettersOf = (lines: ReadonlyArray<SourceLine>): number =>
  lines.reduce((sum, { text }) => sum + text.replaceAll(/\s/g, "").length, 0)
