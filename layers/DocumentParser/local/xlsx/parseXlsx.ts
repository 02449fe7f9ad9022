/** XLSX → Markdown: each sheet under its name, its blocks of cells as tables, its charts and comments. */
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"
import { treeToMarkdown } from "../html/htmlToMarkdown.ts"
import { makeElement } from "../html/htmlTree.ts"
import { type Archive, openArchive } from "../office/archive.ts"
import { chartBlocks, wordsOf } from "../office/charts.ts"
import { mainPart, partsOfType, relationshipsOf } from "../office/relationships.ts"
import { allOf, attributeOf, childOf, childrenOf, readPart, type XmlElement } from "../office/xml.ts"
import { ParseFailure } from "../ParseFailure.ts"
import { guard } from "../threads/guard.ts"
import { readCellFormats } from "./cellFormats.ts"
import { readMargins } from "./margins.ts"
import { readComments, readPersons } from "./readComments.ts"
import { readSheet, sheetToMarkdown } from "./readSheet.ts"
import { stringOf } from "./stringOf.ts"

export const openWorkbook = (bytes: Buffer): Archive => openArchive(bytes, "Excel workbook")

export const parseXlsx = (
  archive: Archive
): { readonly markdown: string; readonly leftOut: ReadonlyArray<Omission> } => {
  const part = mainPart(archive, "xl/workbook.xml")
  const root = readPart(archive, part)
  if (root === undefined) {
    throw new ParseFailure("PARSE_CORRUPT", "The Excel workbook is damaged: its sheets are missing.")
  }
  const relations = relationshipsOf(archive, part)
  const partOf = (type: string) => partsOfType(relations, type).map((name) => readPart(archive, name))[0]
  const strings = childrenOf(partOf("sharedStrings"), "si").map(stringOf)
  const formats = readCellFormats(partOf("styles"), counts1904(root))
  const persons = readPersons(archive, relations)
  const leftOut: Array<Omission> = []
  const printed = new Set<string>()
  const printedOnce = (texts: ReadonlyArray<string>) =>
    texts.filter((text) => !printed.has(text)).map((text) => {
      printed.add(text)
      return guard(text)
    })
  const sheets = childrenOf(childOf(root, "sheets"), "sheet").flatMap((sheet) => {
    const name = attributeOf(sheet, "name") ?? ""
    if ((attributeOf(sheet, "state") ?? "visible") !== "visible") {
      leftOut.push({ kind: "hidden_layer", page: 0, count: 1, detail: "A sheet of the workbook is hidden." })
      return []
    }
    const target = relations.get(attributeOf(sheet, "id") ?? "")
    const content = target === undefined ? undefined : readPart(archive, target.target)
    if (target === undefined || content === undefined) return []
    const cells = sheetToMarkdown(readSheet(content, strings, formats))
    const parts = [
      ...printedOnce(readMargins(content, "Header")),
      ...cells,
      ...drawings(archive, target.target),
      ...readComments(archive, target.target, persons).map(guard),
      ...printedOnce(readMargins(content, "Footer"))
    ]
    return parts.length === 0 ? [] : [`# ${name}`, ...parts]
  })
  return { markdown: sheets.join("\n\n"), leftOut }
}

const counts1904 = (root: XmlElement): boolean => {
  const value = attributeOf(childOf(root, "workbookPr"), "date1904")
  return value === "1" || value === "true"
}

const drawings = (archive: Archive, sheet: string): ReadonlyArray<string> =>
  partsOfType(relationshipsOf(archive, sheet), "drawing").flatMap((drawing) => {
    const charts = partsOfType(relationshipsOf(archive, drawing), "chart").flatMap((chart) =>
      chartBlocks(readPart(archive, chart))
    )
    const texts = allOf(readPart(archive, drawing), "txBody").map(wordsOf).filter((text) => text !== "")
    const tables = treeToMarkdown(makeElement("body", charts), new Map())
    return [...texts.map(guard), ...(tables === "" ? [] : [tables])]
  })
