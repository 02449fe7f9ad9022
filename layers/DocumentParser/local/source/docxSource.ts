/** The text of a DOCX's parts: the body, notes, charts and diagrams, headers and footers, and comments. */
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import type { Archive } from "../office/archive.ts"
import { type Links, linksOf, mainOf } from "./links.ts"
import { paragraphsOf } from "./paragraphs.ts"

const read = /^word\/(?:document\d*|footnotes|endnotes|charts\/chart\d+|diagrams\/data\d+)\.xml$/i

export const docxSource = (archive: Archive): Source => {
  const names = archive.names.map((name) => name.replaceAll("\\", "/")).filter((name) => read.test(name))
  const xmlOf = (name: string) => archive.text(name) ?? ""
  const main = mainOf(archive, "word/document.xml")
  const body = xmlOf(main)
  const lines = names.flatMap((name) => paragraphsOf(name === main ? body : xmlOf(name)))
  const links = linksOf(archive, main)
  const beside = [...marginsOf(links, body, xmlOf), ...commentsOf(links, body, xmlOf)]
  return { pages: [{ number: 0, lines: [...lines, ...beside], isScan: false }] }
}

/** Headers and footers that all pages of a section have. */
const reference = /<w:(?:header|footer)Reference\s([^<>]*)>/g
/** A page number alone says nothing. */
const saysSomething = /\p{L}{2}|\d{3}/u

const marginsOf = (
  links: Links,
  body: string,
  xmlOf: (name: string) => string
): ReadonlyArray<SourceLine> => {
  const ids = [...body.matchAll(reference)].flatMap(([, attributes = ""]) =>
    attributes.includes("w:type=\"default\"") ? [/r:id="([^"]*)"/.exec(attributes)?.[1] ?? ""] : []
  )
  if (ids.length === 0) return []
  const parts = new Set(ids.map((id) => links.target(id)))
  // Each section has its own, often with the same text.
  const lines = [...parts].flatMap((part) => paragraphsOf(xmlOf(part))).filter(({ text }) => saysSomething.test(text))
  return [...new Map(lines.map((line) => [line.text, line])).values()]
}

const comment = /<w:comment\s([^<>]*)>|<\/w:comment>/g

/** A comment without a place in the text is not shown. */
const commentsOf = (
  links: Links,
  body: string,
  xmlOf: (name: string) => string
): ReadonlyArray<SourceLine> => {
  const shown = new Set([...body.matchAll(/<w:commentReference\s[^<>]*w:id="(-?\d+)"/g)].map(([, id]) => id))
  if (shown.size === 0) return []
  return links.ofType("comments").flatMap((target) => {
    const xml = xmlOf(target)
    let open: { readonly isShown: boolean; readonly at: number } | undefined
    const lines: Array<SourceLine> = []
    for (const { 0: tag, 1: attributes, index } of xml.matchAll(comment)) {
      if (attributes !== undefined) {
        open = { isShown: shown.has(/w:id="(-?\d+)"/.exec(attributes)?.[1]), at: index + tag.length }
      } else if (open?.isShown === true) lines.push(...paragraphsOf(xml.slice(open.at, index)))
    }
    return lines
  })
}
