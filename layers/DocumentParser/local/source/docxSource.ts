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

/** In one pass: a text, what hides a run or a paragraph, their ends, and the ends of what is not shown at all. */
const token =
  /<(?:w|m|a):t(?:\s[^<>]*)?>([^<]*)<|<(w:vanish)(?:\s*\/|>)|<(w:showingPlcHdr)|<\/(w:r|w:pPr)>|<\/(?:w|a):(p)>|<(\/?)(?:mc:Fallback|w:moveFrom)>/g

const paragraphsOf = (xml: string): ReadonlyArray<SourceLine> => {
  const lines: Array<SourceLine> = []
  let paragraph = ""
  let run = ""
  let isVanished = false
  let isPrompt = false
  /** Inside alternatives for old programs, or text that was moved away. */
  let unseen = 0
  const endRun = () => {
    if (!isVanished) paragraph += run
    run = ""
    isVanished = false
  }
  for (const [, text, vanish, prompt, runEnd, paragraphEnd, unseenEnd] of xml.matchAll(token)) {
    if (unseenEnd !== undefined) unseen = Math.max(0, unseen + (unseenEnd === "" ? 1 : -1))
    else if (unseen > 0) continue
    else if (text !== undefined) run += text
    else if (vanish !== undefined) isVanished = true
    else if (prompt !== undefined) isPrompt = true
    else if (runEnd !== undefined) endRun()
    else if (paragraphEnd !== undefined) {
      endRun()
      // The prompt of an empty field.
      if (!isPrompt && paragraph.trim() !== "") lines.push({ text: decoded(paragraph), kind: "lines" })
      paragraph = ""
      isPrompt = false
    }
  }
  return lines
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" }

const decoded = (text: string): string =>
  text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
