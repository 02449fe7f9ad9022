/** DOCX → Markdown. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { treeToMarkdown } from "../html/htmlToMarkdown.ts"
import { makeElement } from "../html/htmlTree.ts"
import { readDocx } from "./readDocx.ts"

export const parseDocx = async (bytes: Buffer): Promise<string> => {
  const markers = new Map<Tree.Node, string>()
  return treeToMarkdown(makeElement("body", await readDocx(bytes, markers)), markers)
}
