/** DOCX → Markdown. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import { treeToMarkdown } from "../html/htmlToMarkdown.ts"
import { makeElement } from "../html/htmlTree.ts"
import type { Archive } from "../office/archive.ts"
import { readDocx } from "./readDocx.ts"

export const parseDocx = async (archive: Archive): Promise<string> => {
  const markers = new Map<Tree.Node, string>()
  return treeToMarkdown(makeElement("body", await readDocx(archive, markers)), markers)
}
