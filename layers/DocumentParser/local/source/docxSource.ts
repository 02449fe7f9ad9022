/** The text of a DOCX's parts, paragraph by paragraph, read from their XML without any knowledge of layout. */
import type { Source, SourceLine } from "../../../../src/domain/coverage/Source.ts"
import type { Archive } from "../office/archive.ts"

/** Headers and footers repeat, and comments are not part of the page. */
const read = /^word\/(?:document\d*|footnotes|endnotes|charts\/chart\d+|diagrams\/data\d+)\.xml$/i

export const docxSource = (archive: Archive): Source => {
  const names = archive.names.map((name) => name.replaceAll("\\", "/")).filter((name) => read.test(name))
  const lines = names.flatMap((name) => paragraphsOf(archive.read(name)?.toString("utf8") ?? ""))
  return { pages: [{ number: 0, lines, isScan: false }] }
}

/** Not shown: alternatives for old programs, text that was moved away, and prompts of empty fields. */
const unseen = ["mc:Fallback", "w:moveFrom"]

const paragraphsOf = (xml: string): ReadonlyArray<SourceLine> =>
  without(xml, unseen).split(/<\/(?:w|a):p>/).flatMap((paragraph): ReadonlyArray<SourceLine> => {
    if (paragraph.includes("w:showingPlcHdr")) return []
    const runs = paragraph.split(/<\/w:r>/).filter((run) => !/<w:vanish(?:\s*\/|>)/.test(run))
    const text = runs.map((run) =>
      [...run.matchAll(/<(?:w|m|a):t(?:\s[^>]*)?>([^<]*)</g)].map(([, t = ""]) => t).join("")
    ).join("")
    return text.trim() === "" ? [] : [{ text: decoded(text), kind: "lines" }]
  })

const without = (xml: string, elements: ReadonlyArray<string>): string => {
  let rest = xml
  for (const element of elements) {
    const parts: Array<string> = []
    let at = 0
    for (let open = rest.indexOf(`<${element}>`); open !== -1; open = rest.indexOf(`<${element}>`, at)) {
      const close = rest.indexOf(`</${element}>`, open)
      if (close === -1) break
      parts.push(rest.slice(at, open))
      at = close + element.length + 3
    }
    rest = parts.join("") + rest.slice(at)
  }
  return rest
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" }

const decoded = (text: string): string =>
  text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
