/** Files of other formats inside a Word document: web pages, plain text, Word documents. */
import { type DefaultTreeAdapterTypes as Tree, parse } from "parse5"
import { isTag, makeElement, makeText } from "../html/htmlTree.ts"
import { pageOfMail } from "../mail/readMail.ts"
import type { Archive } from "../office/archive.ts"
import type { Relationship } from "../office/relationships.ts"
import { declaredCharset, decodeText } from "../text/decodeText.ts"

type ReadWord = (bytes: Buffer) => Promise<ReadonlyArray<Tree.Element>>

/** By relationship id. */
export const readAltChunks = async (
  archive: Archive,
  relations: ReadonlyMap<string, Relationship>,
  readWord: ReadWord
): Promise<ReadonlyMap<string, ReadonlyArray<Tree.Element>>> => {
  const chunks = new Map<string, ReadonlyArray<Tree.Element>>()
  for (const [id, { isExternal, target, type }] of relations) {
    const bytes = isExternal || type !== "aFChunk" ? undefined : archive.read(target)
    if (bytes !== undefined) chunks.set(id, await readFile(bytes, readWord))
  }
  return chunks
}

const readFile = async (bytes: Buffer, readWord: ReadWord): Promise<ReadonlyArray<Tree.Element>> => {
  if (bytes.toString("latin1", 0, 2) === "PK") return await readWord(bytes)
  const head = bytes.toString("latin1", 0, 1024)
  if (/^MIME-Version:|^Content-Type:\s*multipart/im.test(head)) return elementsOfPage(await pageOfMail(bytes))
  const text = decodeText(bytes, () => declaredCharset(bytes))
  return /<(?:html|body|p|div|table)\b/i.test(head)
    ? elementsOfPage(text)
    : text.split(/\r?\n/).map((line) => makeElement("p", [makeText(line)]))
}

const elementsOfPage = (html: string): ReadonlyArray<Tree.Element> =>
  parse(html, { scriptingEnabled: false }).childNodes.filter(isTag)
