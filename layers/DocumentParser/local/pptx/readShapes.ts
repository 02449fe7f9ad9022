/** The shapes of a slide in their order, as HTML elements. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { makeInline, noMarks } from "../docx/Inline.ts"
import { append, makeElement, makeText } from "../html/htmlTree.ts"
import type { Archive } from "../office/archive.ts"
import { chartBlocks, diagramBlocks } from "../office/charts.ts"
import { ommlText } from "../office/ommlText.ts"
import { relationshipsOf } from "../office/relationships.ts"
import {
  allOf,
  attributeOf,
  childOf,
  childrenOf,
  elementsOf,
  nameOf,
  readPart,
  type XmlElement
} from "../office/xml.ts"

/** Places on a slide that say the same on each. */
const everywhere: ReadonlySet<string> = new Set(["sldNum", "dt"])

export const readShapes = (archive: Archive, part: string, slide: XmlElement): ReadonlyArray<Tree.Element> => {
  const relations = relationshipsOf(archive, part)
  const targetOf = (id: string | undefined) => {
    const relation = relations.get(id ?? "")
    return relation === undefined || relation.isExternal ? undefined : readPart(archive, relation.target)
  }
  const linkOf = (run: XmlElement): string => {
    const relation = relations.get(attributeOf(childOf(run, "rPr", "hlinkClick"), "id") ?? "")
    return relation?.isExternal === true ? relation.target : ""
  }

  const inlineOf = (paragraph: XmlElement): ReadonlyArray<Tree.ChildNode> => {
    const inline = makeInline()
    const visit = (element: XmlElement): void => {
      switch (nameOf(element)) {
        case "r": {
          const properties = childOf(element, "rPr")
          const baseline = Number.parseInt(attributeOf(properties, "baseline") ?? "0", 10)
          return inline.text(childrenOf(element, "t").map((each) => each.text).join(""), {
            bold: attributeOf(properties, "b") === "1",
            italic: attributeOf(properties, "i") === "1",
            struck: false,
            raise: baseline > 0 ? "sup" : baseline < 0 ? "sub" : "",
            link: linkOf(element)
          })
        }
        case "fld":
          return inline.text(childrenOf(element, "t").map((each) => each.text).join(""), noMarks)
        case "br":
          return inline.lineBreak()
        case "oMath":
          return inline.apart(ommlText(element))
        case "pPr":
        case "endParaRPr":
        case "Fallback":
          return
        default:
          elementsOf(element).forEach(visit)
      }
    }
    elementsOf(paragraph).forEach(visit)
    return inline.nodes
  }

  /** Paragraphs of a placeholder for points are points; others are paragraphs. */
  const textBlocks = (body: XmlElement | undefined, isList: boolean): ReadonlyArray<Tree.Element> => {
    const blocks: Array<Tree.Element> = []
    let lists: Array<
      { readonly level: number; readonly kind: string; readonly list: Tree.Element; item: Tree.Element }
    > = []
    for (const paragraph of childrenOf(body, "p")) {
      const nodes = inlineOf(paragraph)
      if (nodes.length === 0) continue
      const properties = childOf(paragraph, "pPr")
      const numbers = childOf(properties, "buAutoNum")
      const hasBullet = childOf(properties, "buChar") !== undefined || numbers !== undefined
      if (!hasBullet && (!isList || childOf(properties, "buNone") !== undefined)) {
        lists = []
        blocks.push(makeElement("p", nodes))
        continue
      }
      const level = Number(attributeOf(properties, "lvl") ?? "0")
      const item = makeElement("li", nodes)
      const kind = attributeOf(numbers, "type") ?? ""
      lists = lists.filter((each) => each.level < level || (each.level === level && each.kind === kind))
      const open = lists.at(-1)
      if (open !== undefined && open.level === level) {
        append(open.list, item)
        open.item = item
        continue
      }
      const list = numbers === undefined ? makeElement("ul", [item]) : makeElement("ol", [item], {
        type: numbering.find(([name]) => kind.startsWith(name))?.[1] ?? "1",
        start: attributeOf(numbers, "startAt") ?? "1"
      })
      if (open === undefined) blocks.push(list)
      else append(open.item, list)
      lists.push({ level, kind, list, item })
    }
    return blocks
  }

  const tableOf = (table: XmlElement): Tree.Element =>
    makeElement(
      "table",
      childrenOf(table, "tr").map((row) =>
        makeElement(
          "tr",
          childrenOf(row, "tc").filter((cell) => !isMerged(cell)).map((cell) =>
            makeElement("td", textBlocks(childOf(cell, "txBody"), false), {
              ...spanOf(cell, "gridSpan", "colspan"),
              ...spanOf(cell, "rowSpan", "rowspan")
            })
          )
        )
      )
    )

  const shapeBlocks = (shape: XmlElement): ReadonlyArray<Tree.Element> => {
    const placeholder = childOf(shape, "nvSpPr", "nvPr", "ph")
    const type = attributeOf(placeholder, "type") ?? (placeholder === undefined ? "" : "body")
    if (everywhere.has(type)) return []
    if (type !== "title" && type !== "ctrTitle") return textBlocks(childOf(shape, "txBody"), type === "body")
    const words = childrenOf(childOf(shape, "txBody"), "p").flatMap((each) => [...inlineOf(each), makeText(" ")])
    return words.length === 0 ? [] : [makeElement("h1", words)]
  }

  const visit = (element: XmlElement): ReadonlyArray<Tree.Element> => {
    switch (nameOf(element)) {
      case "sp":
      case "cxnSp":
        return shapeBlocks(element)
      case "pic": {
        const description = attributeOf(childOf(element, "nvPicPr", "cNvPr"), "descr") ?? ""
        return description.trim() === "" ? [] : [makeElement("p", [makeText(description)])]
      }
      case "graphicFrame":
        return [
          ...allOf(element, "tbl").map(tableOf),
          ...allOf(element, "chart").flatMap((chart) => chartBlocks(targetOf(attributeOf(chart, "id")))),
          ...allOf(element, "relIds").flatMap((ids) => diagramBlocks(targetOf(attributeOf(ids, "dm"))))
        ]
      case "AlternateContent":
        return [childOf(element, "Choice"), childOf(element, "Fallback")].map((each) => elementsOf(each).flatMap(visit))
          .find((blocks) => blocks.length > 0) ?? []
      case "grpSp":
        return elementsOf(element).flatMap(visit)
      default:
        return []
    }
  }
  return elementsOf(childOf(slide, "cSld", "spTree")).flatMap(visit)
}

/** Kinds of numbers, and their names in HTML; others count in figures. */
const numbering = [["alphaLc", "a"], ["alphaUc", "A"], ["romanLc", "i"], ["romanUc", "I"]] as const

const isMerged = (cell: XmlElement): boolean =>
  attributeOf(cell, "hMerge") === "1" || attributeOf(cell, "vMerge") === "1"

const spanOf = (cell: XmlElement, name: string, as: string): Readonly<Record<string, string>> => {
  const span = Number(attributeOf(cell, name) ?? "1")
  return span > 1 ? { [as]: String(span) } : {}
}
