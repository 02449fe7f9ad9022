/** The numbers behind a chart, and the words in a diagram, as Office stores them beside the picture. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { makeElement, makeText } from "../html/htmlTree.ts"
import { allOf, attributeOf, childOf, childrenOf, type XmlElement } from "./xml.ts"

/** Title, axis titles, and a table with a row for each category and a column for each series. */
export const chartBlocks = (root: XmlElement | undefined): ReadonlyArray<Tree.Element> => {
  const titles = allOf(root, "title").map(wordsOf).filter((text) => text !== "")
  const series = allOf(root, "ser").map((each) => ({
    name: cached(childOf(each, "tx")).get(0) ?? "",
    categories: cached(childOf(each, "cat") ?? childOf(each, "xVal")),
    values: cached(childOf(each, "val") ?? childOf(each, "yVal"))
  }))
  const rows = new Set(series.flatMap(({ categories, values }) => [...categories.keys(), ...values.keys()]))
  const labels = series.find(({ categories }) => categories.size > 0)?.categories
  const cell = (text: string) => makeElement("td", [makeText(text)])
  const lines = [...rows].sort((a, b) => a - b).map((row) =>
    makeElement("tr", [cell(labels?.get(row) ?? ""), ...series.map(({ values }) => cell(values.get(row) ?? ""))])
  )
  const head = makeElement("tr", [cell(" "), ...series.map(({ name }) => cell(name))])
  return [
    ...titles.map((text) => makeElement("p", [makeText(text)])),
    ...(lines.length === 0 ? [] : [makeElement("table", [head, ...lines])])
  ]
}

/** The values that were last shown, by their index. */
const cached = (source: XmlElement | undefined): ReadonlyMap<number, string> => {
  const points = allOf(source, "pt")
  if (points.length === 0) {
    const text = allOf(source, "v").map((each) => each.text).join(" ")
    return new Map(text === "" ? [] : [[0, text]])
  }
  return new Map(points.map((point) => [
    Number(attributeOf(point, "idx") ?? "0"),
    childrenOf(point, "v").map((each) => each.text).join(" ")
  ]))
}

export const diagramBlocks = (root: XmlElement | undefined): ReadonlyArray<Tree.Element> => {
  const texts = allOf(childOf(root, "ptLst"), "pt").map((point) => wordsOf(childOf(point, "t"))).filter((text) =>
    text !== ""
  )
  return texts.length === 0
    ? []
    : [makeElement("ul", texts.map((text) => makeElement("li", [makeText(text)])))]
}

/** Paragraphs of DrawingML on one line. */
export const wordsOf = (root: XmlElement | undefined): string =>
  allOf(root, "p").map((paragraph) => allOf(paragraph, "t").map((each) => each.text).join("")).join(" ").trim()
