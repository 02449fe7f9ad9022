/** A Word table as an HTML table. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { makeElement } from "../html/htmlTree.ts"
import { attributeOf, childOf, elementsOf, nameOf, type XmlElement } from "../office/xml.ts"
import type { Story } from "./Story.ts"

interface Cell {
  readonly content: XmlElement
  readonly isHead: boolean
  readonly columns: number
  rows: number
}

export const readTable = (story: Story, table: XmlElement): Tree.Element => {
  /** By column: the cell that continues below, if the next row says so. */
  let above = new Map<number, Cell>()
  const rows = insideOf(table, "tr").filter((row) => childOf(row, "trPr", "del") === undefined).map((row) => {
    const properties = childOf(row, "trPr")
    const cells: Array<Cell> = []
    const here = new Map<number, Cell>()
    let column = numberAt(properties, "gridBefore")
    const isHead = childOf(properties, "tblHeader") !== undefined
    if (column > 0) cells.push({ content: row, isHead, columns: column, rows: 0 })
    for (const element of insideOf(row, "tc")) {
      const merge = childOf(element, "tcPr", "vMerge")
      const columns = Math.max(numberAt(childOf(element, "tcPr"), "gridSpan"), 1)
      const upper = merge === undefined || attributeOf(merge, "val") === "restart" ? undefined : above.get(column)
      const cell = upper ?? { content: element, isHead, columns, rows: 1 }
      if (upper === undefined) cells.push(cell)
      else upper.rows++
      here.set(column, cell)
      column += columns
    }
    above = here
    return cells
  })
  return makeElement("table", rows.map((cells) => makeElement("tr", cells.map((cell) => toCell(story, cell)))))
}

const toCell = (story: Story, { columns, content, isHead, rows }: Cell): Tree.Element =>
  makeElement(isHead ? "th" : "td", rows === 0 ? [] : story.readBlocks(story, content), {
    ...(columns > 1 ? { colspan: String(columns) } : {}),
    ...(rows > 1 ? { rowspan: String(rows) } : {})
  })

/** Rows of the table or cells of the row, which content controls and insertions may wrap. */
const insideOf = (parent: XmlElement, name: string): ReadonlyArray<XmlElement> =>
  elementsOf(parent).flatMap((element) =>
    nameOf(element) === name
      ? [element]
      : ["sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"].includes(nameOf(element))
      ? insideOf(element, name)
      : []
  )

const numberAt = (properties: XmlElement | undefined, name: string): number =>
  Number(attributeOf(childOf(properties, name), "val") ?? "0") || 0
