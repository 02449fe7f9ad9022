/** The blocks of a Word document as an HTML tree: headings, paragraphs, lists by their level, tables. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { append, makeElement, makeText } from "../html/htmlTree.ts"
import { ommlText } from "../office/ommlText.ts"
import { attributeOf, childOf, elementsOf, nameOf, type XmlElement } from "../office/xml.ts"
import { takeNotes } from "./notes.ts"
import type { Label } from "./Numbering.ts"
import { readInline } from "./readInline.ts"
import { readTable } from "./readTable.ts"
import type { Story } from "./Story.ts"
import { outlineLevel } from "./Styles.ts"

export const readBlocks = (story: Story, parent: XmlElement): ReadonlyArray<Tree.Element> => {
  const out = makeOutput(story)
  const visit = (element: XmlElement): void => {
    switch (nameOf(element)) {
      case "p":
        return readParagraph(story, element, out)
      case "tbl":
        return out.block(readTable(story, element))
      case "altChunk":
        return story.altChunks.get(attributeOf(element, "id") ?? "")?.forEach(out.block)
      case "oMathPara":
      case "oMath":
        return out.block(makeElement("p", [makeText(ommlText(element))]))
      case "AlternateContent": {
        const choice = childOf(element, "Choice") ?? childOf(element, "Fallback")
        return elementsOf(choice).forEach(visit)
      }
      case "del":
      case "moveFrom":
      case "sdtPr":
      case "pPr":
      case "sectPr":
        return
      default:
        elementsOf(element).forEach(visit)
    }
  }
  elementsOf(parent).forEach(visit)
  return out.end()
}

const readParagraph = (story: Story, paragraph: XmlElement, out: Output): void => {
  const properties = childOf(paragraph, "pPr")
  const { beside, nodes } = readInline(story, paragraph)
  const style = attributeOf(childOf(properties, "pStyle"), "val") ?? ""
  const label = nodes.length === 0 ? undefined : labelOf(story, properties, style)
  const heading = story.styles.isTitle(style) ? 1 : outlineLevel(properties) ?? story.styles.headingLevel(style) ?? 0
  if (nodes.length > 0) {
    if (heading > 0) {
      const number = label === undefined || label.text === "" ? [] : [makeText(`${label.text} `)]
      out.block(makeElement(`h${heading}`, [...number, ...nodes]))
    } else if (label === undefined) out.block(makeElement("p", nodes))
    else out.item(label, nodes)
  }
  beside.forEach(out.block)
}

const labelOf = (story: Story, properties: XmlElement | undefined, style: string): Label | undefined => {
  const own = childOf(properties, "numPr")
  const inherited = story.styles.numbering(style)
  const list = attributeOf(childOf(own, "numId") ?? childOf(inherited, "numId"), "val")
  if (list === undefined || list === "0") return undefined
  const level = attributeOf(childOf(own, "ilvl"), "val")
  return story.numbering.next(
    list,
    level === undefined
      ? story.numbering.levelOfStyle(list, style) ?? Number(attributeOf(childOf(inherited, "ilvl"), "val") ?? "0")
      : Number(level)
  )
}

interface Output {
  readonly block: (element: Tree.Element) => void
  readonly item: (label: Label, nodes: ReadonlyArray<Tree.ChildNode>) => void
  readonly end: () => ReadonlyArray<Tree.Element>
}

/** Items that follow each other become one list, nested by their level; notes follow the block that refers to them. */
const makeOutput = (story: Story): Output => {
  const blocks: Array<Tree.Element> = []
  let lists: Array<{ readonly level: number; readonly list: Tree.Element; item: Tree.Element }> = []
  const notesOfList: Array<Tree.Element> = []
  const closeLists = () => {
    lists = []
    blocks.push(...notesOfList.splice(0))
  }
  return {
    block: (element) => {
      closeLists()
      blocks.push(element, ...takeNotes(story))
    },
    item: (label, nodes) => {
      notesOfList.push(...takeNotes(story))
      const item = makeElement("li", nodes)
      if (label.text !== "") story.markers.set(item, label.text)
      lists = lists.filter(({ level }) => level <= label.level)
      const open = lists.at(-1)
      if (open !== undefined && open.level === label.level) {
        append(open.list, item)
        open.item = item
        return
      }
      const list = makeElement("ul", [item])
      if (open === undefined) blocks.push(list)
      else append(open.item, list)
      lists.push({ level: label.level, list, item })
    },
    end: () => {
      closeLists()
      return blocks
    }
  }
}
