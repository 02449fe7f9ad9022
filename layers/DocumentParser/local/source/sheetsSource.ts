/** The cells of a workbook, row by row and sheet by sheet: texts, and whole numbers that no format changes. */
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import type { Archive } from "../office/archive.ts"
import { marginText } from "../xlsx/margins.ts"
import { attributeIn, type Links, linksOf, mainOf, partOf } from "./links.ts"
import { decoded, lineOf } from "./paragraphs.ts"

export const sheetsSource = (archive: Archive): Source => {
  const main = mainOf(archive, "xl/workbook.xml")
  const links = linksOf(archive, main)
  const xmlOf = (name: string) => archive.text(name) ?? ""
  const strings = stringsOf(xmlOf(links.ofType("sharedStrings")[0] ?? ""))
  let hidden = 0
  const lines = [...xmlOf(main).matchAll(sheet)].flatMap(([, tag = ""]) => {
    const part = partOf(links, tag)
    const xml = xmlOf(part)
    const rows = rowsOf(xml, strings)
    if ((attributeIn(tag, "state") || "visible") === "visible") {
      return [...rows, ...commentsOf(linksOf(archive, part), xmlOf), ...marginsOf(xml)]
    }
    hidden += rows.reduce((sum, { text }) => sum + text.replaceAll(/\s/g, "").length, 0)
    return []
  })
  return { pages: [{ number: 0, lines, isScan: false, hiddenLetters: hidden }] }
}

const sheet = /<(?:\w+:)?sheet(\s[^<>]*)>/g

/** A string may consist of runs; its reading aids (`rPh`) are not shown. */
const partOfString = /<(?:x:)?si(?:\s[^<>]*)?>|<(?:x:)?t(?:\s[^<>]*)?>([^<]*)<|<(\/?)(?:x:)?rPh\b/g

const stringsOf = (xml: string): ReadonlyArray<string> => {
  const strings: Array<string> = []
  let isAid = false
  for (const { 1: text, 2: aid } of xml.matchAll(partOfString)) {
    if (aid !== undefined) isAid = aid === ""
    else if (text === undefined) strings.push("")
    else if (!isAid && strings.length > 0) strings.push(`${strings.pop() ?? ""}${text}`)
  }
  return strings
}

const margin = /<(?:x:)?odd(?:Header|Footer)>([^<]*)</g

/** Behind the rows, which may be long. */
const marginsOf = (xml: string): ReadonlyArray<SourceLine> => {
  const at = xml.indexOf("headerFooter")
  return at === -1
    ? []
    : [...xml.slice(at).matchAll(margin)].map(([, text = ""]) => ({ text: marginText(decoded(text)), kind: "lines" }))
}

const comment = /<(?:x:)?comment(\s[^<>]*)>/
const threaded = /<(?:\w+:)?text(?:\s[^<>]*)?>([^<]*)</g

/** Notes and threads. Of a thread there is a copy among the notes, for old programs. */
const commentsOf = (links: Links, xmlOf: (name: string) => string): ReadonlyArray<SourceLine> => {
  const textOf = (type: string) => links.ofType(type).map(xmlOf).join("")
  const threads = textOf("threadedComment")
  const notes = textOf("comments").split(/<\/(?:x:)?comment>/).flatMap((note) => {
    const ref = attributeIn(comment.exec(note)?.[1] ?? "", "ref")
    return ref === "" || threads.includes(`ref="${ref}"`) ? [] : lineOf(stringsOf(`<si>${note}`).join(" "))
  })
  return [...notes, ...[...threads.matchAll(threaded)].map(([, text = ""]) => lineOf(text))]
}

const partOfRow = /<(?:x:)?(row)\b|<(?:x:)?c(\s[^<>]*)?>|<(?:x:)?(?:v|t)(?:\s[^<>]*)?>([^<]*)</g

const rowsOf = (xml: string, strings: ReadonlyArray<string>): ReadonlyArray<SourceLine> => {
  const lines: Array<SourceLine> = []
  let row = ""
  let type = ""
  let isPlain = true
  const endRow = () => {
    if (row.trim() !== "") lines.push(lineOf(row))
    row = ""
  }
  for (const { 1: start, 2: attributes = "", 3: value } of xml.matchAll(partOfRow)) {
    if (start !== undefined) endRow()
    else if (value === undefined) {
      type = attributeIn(attributes, "t") || "n"
      isPlain = (attributeIn(attributes, "s") || "0") === "0"
    } else if (type === "s") row += ` ${strings[Number(value)] ?? ""}`
    else if (type === "inlineStr" || type === "str" || (isPlain && /^\d{1,9}$/.test(value))) row += ` ${value}`
  }
  endRow()
  return lines
}
