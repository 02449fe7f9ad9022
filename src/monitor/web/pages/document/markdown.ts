/** Just enough Markdown to read a parsed text beside its chunks: headings, lists, tables, paragraphs. */
import { type Content, html } from "../../html.ts"

type Block =
  | { readonly kind: "heading" | "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: ReadonlyArray<string> }
  | { readonly kind: "table"; readonly rows: ReadonlyArray<ReadonlyArray<string>> }

const isTableRow = (line: string) => line.startsWith("|")
const isItem = (line: string) => /^\s*([-*+]|\d+[.)])\s/u.test(line)
const isRule = (row: ReadonlyArray<string>) => row.every((cell) => /^:?-+:?$/u.test(cell))
const cells = (line: string) => line.replace(/^\||\|\s*$/gu, "").split("|").map((cell) => plain(cell.trim()))
const plain = (text: string) => text.replaceAll(/\*\*|__|`/gu, "")

const blocksOf = (markdown: string): ReadonlyArray<Block> =>
  markdown.split(/\n{2,}/u).flatMap((part): ReadonlyArray<Block> => {
    const lines = part.split("\n").filter((line) => line.trim() !== "")
    const [first] = lines
    if (first === undefined) return []
    if (/^#{1,6}\s/u.test(first)) {
      const rest = lines.slice(1).join("\n")
      return [{ kind: "heading", text: plain(first.replace(/^#+\s*/u, "")) }, ...(rest === "" ? [] : blocksOf(rest))]
    }
    if (lines.every(isTableRow)) return [{ kind: "table", rows: lines.map(cells).filter((row) => !isRule(row)) }]
    if (lines.every(isItem)) {
      return [{ kind: "list", items: lines.map((line) => plain(line.replace(/^\s*([-*+]|\d+[.)])\s+/u, ""))) }]
    }
    return [{ kind: "text", text: plain(lines.join(" ")) }]
  })

const shown = (block: Block): Content => {
  switch (block.kind) {
    case "heading":
      return html`<h3 dir="auto">${block.text}</h3>`
    case "text":
      return html`<p dir="auto">${block.text}</p>`
    case "list":
      return html`<ul>${block.items.map((item) => html`<li dir="auto">${item}</li>`)}</ul>`
    case "table":
      return html`<div class="scroll" tabindex="0"><table><tbody>${
        block.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)
      }</tbody></table></div>`
  }
}

export const Markdown = ({ text }: { readonly text: string }) => html`${blocksOf(text).map(shown)}`
