/** What is drawn in a paragraph: the text in its shapes, the numbers of charts, the words of diagrams, a picture's description. */
import { makeElement, makeText } from "../html/htmlTree.ts"
import { chartBlocks, diagramBlocks, wordsOf } from "../office/charts.ts"
import { attributeOf, elementsOf, nameOf, readPart, type XmlElement } from "../office/xml.ts"
import { type Inline, noMarks } from "./Inline.ts"
import type { Story } from "./Story.ts"

export const readDrawing = (story: Story, inline: Inline, drawing: XmlElement): void => {
  let description = ""
  let isPicture = false
  const partOf = (element: XmlElement, name: string) => {
    const relation = story.relations.get(attributeOf(element, name) ?? "")
    return relation === undefined || relation.isExternal ? undefined : readPart(story.archive, relation.target)
  }
  const visit = (element: XmlElement): void => {
    switch (nameOf(element)) {
      case "docPr":
        description ||= attributeOf(element, "descr") ?? attributeOf(element, "title") ?? ""
        return
      case "pic":
      case "imagedata":
        isPicture = true
        description ||= attributeOf(element, "title") ?? ""
        return
      case "txbxContent":
        inline.beside.push(...story.readBlocks(story, element))
        return
      case "txBody":
        inline.beside.push(makeElement("p", [makeText(wordsOf(element))]))
        return
      case "chart":
        inline.beside.push(...chartBlocks(partOf(element, "id")))
        return
      case "relIds":
        inline.beside.push(...diagramBlocks(partOf(element, "dm")))
        return
      case "textpath":
        inline.text(` ${attributeOf(element, "string") ?? ""} `, noMarks)
        return
      case "AlternateContent": {
        const before = inline.nodes.length + inline.beside.length
        for (const choice of elementsOf(element)) {
          elementsOf(choice).forEach(visit)
          if (inline.nodes.length + inline.beside.length > before) return
        }
        return
      }
      default:
        elementsOf(element).forEach(visit)
    }
  }
  elementsOf(drawing).forEach(visit)
  if (isPicture && description !== "") inline.text(` ${description} `, noMarks)
}
