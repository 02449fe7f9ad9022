/** Numbers and dates as Excel shows them. */
import { format, getFormatFromId, isDateFormat } from "numfmt"
import { attributeOf, childOf, childrenOf, type XmlElement } from "../office/xml.ts"

/** `style`: the cell's number in the table of formats. */
export type CellFormats = (value: number, style: number) => string

/** Days between the two starting points of Excel's calendar. */
const days1904 = 1462

export const readCellFormats = (styles: XmlElement | undefined, counts1904: boolean): CellFormats => {
  const own = new Map(
    childrenOf(childOf(styles, "numFmts"), "numFmt").map((each) => [
      Number(attributeOf(each, "numFmtId")),
      attributeOf(each, "formatCode") ?? "General"
    ])
  )
  const patterns = childrenOf(childOf(styles, "cellXfs"), "xf").map((each) => {
    const id = Number(attributeOf(each, "numFmtId") ?? "0")
    return own.get(id) ?? getFormatFromId(id)
  })
  return (value, style) => {
    const pattern = patterns[style] ?? "General"
    if (pattern === "General") return String(Number(value.toPrecision(15)))
    const days = counts1904 && isDateFormat(pattern) ? value + days1904 : value
    return format(pattern, days, { throws: false }).trim()
  }
}
