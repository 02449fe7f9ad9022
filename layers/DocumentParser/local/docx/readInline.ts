/** A paragraph's runs, and everything that may stand among them. */
import { ommlText } from "../office/ommlText.ts"
import { fromSymbolFont, withoutPrivate } from "../office/symbolFonts.ts"
import { attributeOf, childOf, elementsOf, isOn, nameOf, type XmlElement } from "../office/xml.ts"
import { beginField, endField } from "./fields.ts"
import { type Inline, makeInline, type Marks, noMarks } from "./Inline.ts"
import { readDrawing } from "./readDrawing.ts"
import type { Story } from "./Story.ts"

export const readInline = (story: Story, paragraph: XmlElement): Inline => {
  const inline = makeInline()
  readContent(story, inline, paragraph, noMarks)
  return inline
}

const readContent = (story: Story, inline: Inline, parent: XmlElement, marks: Marks): void => {
  for (const element of elementsOf(parent)) readElement(story, inline, element, marks)
}

const readElement = (story: Story, inline: Inline, element: XmlElement, marks: Marks): void => {
  const inner = (now: Marks = marks) => readContent(story, inline, element, now)
  const write = (text: string) => {
    if (!isCode(story)) inline.text(text, marks)
  }
  switch (nameOf(element)) {
    case "pPr":
    case "rPr":
    case "sdtPr":
    case "sdtEndPr":
    case "rubyPr":
    case "del":
    case "moveFrom":
    case "delText":
      return
    case "ruby": {
      readContent(story, inline, childOf(element, "rubyBase") ?? element, marks)
      const aid = childOf(element, "rt")
      return aid === undefined ? undefined : write(`(${aid.text})`)
    }
    case "r":
      return readRun(story, inline, element, marks)
    case "t":
      return write(element.text)
    case "tab":
    case "ptab":
      return write(" ")
    case "br":
    case "cr":
      return inline.lineBreak()
    case "noBreakHyphen":
      return write("-")
    case "sym":
      return write(symbolOf(element))
    case "oMath":
      return isCode(story) ? undefined : inline.apart(ommlText(element))
    case "hyperlink":
      return inner({ ...marks, link: linkOf(story, element) || marks.link })
    case "fldSimple":
      return inner()
    case "instrText": {
      const field = story.fields.at(-1)
      if (field !== undefined && !field.isResult) field.code += element.text
      return
    }
    case "fldChar":
      return readFieldChar(story, element, write)
    case "sdt": {
      const box = childOf(element, "sdtPr", "checkbox")
      return box === undefined ? inner() : write(isOn(childOf(box, "checked")) ? "[x]" : "[ ]")
    }
    case "footnoteReference":
    case "endnoteReference":
    case "commentReference":
      return refer(story, element, (label) => inline.text(label, noMarks))
    case "AlternateContent":
      return readAlternatives(story, inline, element, marks)
    case "drawing":
    case "pict":
    case "object":
      return readDrawing(story, inline, element)
    default:
      return inner()
  }
}

const isCode = ({ fields }: Story): boolean => fields.some((field) => !field.isResult)

const readRun = (story: Story, inline: Inline, run: XmlElement, outer: Marks): void => {
  const properties = childOf(run, "rPr")
  const style = attributeOf(childOf(properties, "rStyle"), "val") ?? ""
  const property = (name: string) => childOf(properties, name) ?? story.styles.runProperty(style, name)
  if (isOn(property("vanish"))) return
  const raise = attributeOf(property("vertAlign"), "val")
  const marks: Marks = {
    bold: outer.bold || isOn(property("b")),
    italic: outer.italic || isOn(property("i")),
    struck: outer.struck || isOn(property("strike")),
    raise: raise === "superscript" ? "sup" : raise === "subscript" ? "sub" : raisedBy(properties) || outer.raise,
    link: outer.link
  }
  const font = attributeOf(childOf(properties, "rFonts"), "ascii") ?? ""
  const link = story.fields.findLast((field) => field.isResult && fieldLink(field.code) !== "")
  const now = link === undefined ? marks : { ...marks, link: fieldLink(link.code) }
  for (const element of elementsOf(run)) {
    if (nameOf(element) === "t" && /[\uf020-\uf0ff]/.test(element.text)) {
      if (!isCode(story)) inline.text(withoutPrivate(element.text, font), now)
    } else readElement(story, inline, element, now)
  }
}

/** Text may be raised by half-points instead; by more than two, it is a superscript. */
const raisedBy = (properties: XmlElement | undefined): Marks["raise"] => {
  const position = Number(attributeOf(childOf(properties, "position"), "val") ?? "0")
  return position > 4 ? "sup" : position < -4 ? "sub" : ""
}

const symbolOf = (element: XmlElement): string => {
  const code = Number.parseInt(attributeOf(element, "char") ?? "", 16)
  return code > 0 && code <= 0x10ffff ? fromSymbolFont(attributeOf(element, "font") ?? "", code) : ""
}

const linkOf = (story: Story, element: XmlElement): string => {
  const relation = story.relations.get(attributeOf(element, "id") ?? "")
  return relation?.isExternal === true ? relation.target : ""
}

const fieldLink = (code: string): string => /^\s*HYPERLINK\s+"(https?:[^"]+|mailto:[^"]+)"/i.exec(code)?.[1] ?? ""

const readFieldChar = (story: Story, element: XmlElement, write: (text: string) => void): void => {
  switch (attributeOf(element, "fldCharType")) {
    case "begin":
      story.fields.push(beginField(element))
      return
    case "separate": {
      const field = story.fields.at(-1)
      if (field !== undefined) field.isResult = true
      return
    }
    case "end":
      return write(endField(story.fields.pop()))
  }
}

const refer = (story: Story, element: XmlElement, write: (label: string) => void): void => {
  const note = story.notes.get(`${nameOf(element)} ${attributeOf(element, "id") ?? ""}`)
  if (note === undefined) return
  const label = `[^${++story.counts.notes}]`
  story.pending.push({ label, note })
  write(label)
}

/** The same content twice, for new and for old programs; the old one only if the new one says nothing. */
const readAlternatives = (story: Story, inline: Inline, element: XmlElement, marks: Marks): void => {
  const before = inline.nodes.length + inline.beside.length
  for (const choice of elementsOf(element)) {
    readContent(story, inline, choice, marks)
    if (inline.nodes.length + inline.beside.length > before) return
  }
}
