/** Pieces of Word documents: paragraphs, runs, tables, and the parts that they refer to. */
import { parseDocx } from "../../../layers/DocumentParser/local/docx/parseDocx.ts"
import { openWord } from "../../../layers/DocumentParser/local/docx/readDocx.ts"
import { makeDocx } from "./makeZip.ts"

export const run = (text: string, properties = "") => `<w:r><w:rPr>${properties}</w:rPr><w:t>${text}</w:t></w:r>`
export const paragraph = (content: string, properties = "") => `<w:p><w:pPr>${properties}</w:pPr>${content}</w:p>`
export const line = (text: string, properties = "") => paragraph(run(text), properties)
export const styled = (id: string) => `<w:pStyle w:val="${id}"/>`
export const listed = (list: number, level: number) =>
  `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr>`
export const cell = (content: string, properties = "") => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`
export const row = (...cells: ReadonlyArray<string>) => `<w:tr>${cells.join("")}</w:tr>`

export interface Part {
  /** The last part of the relationship's type. */
  readonly type: string
  readonly name: string
  readonly content: string
}

/** The Markdown of a document; `parts` are its relationships, with ids `r0`, `r1` … */
export const wordToMarkdown = (body: string, parts: ReadonlyArray<Part> = []): Promise<string> => {
  const relations = parts.map(({ name, type }, index) =>
    `<Relationship Id="r${index}" Type="http://x/${type}" Target="${name}"/>`
  )
  return parseDocx(openWord(Buffer.from(makeDocx(body, [
    { name: "word/_rels/document.xml.rels", content: `<Relationships>${relations.join("")}</Relationships>` },
    ...parts.map(({ content, name }) => ({ name: `word/${name}`, content }))
  ]))))
}
