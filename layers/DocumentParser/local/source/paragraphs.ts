/** Paragraphs of a part of an Office document, read from its XML without any knowledge of layout. */
import type { SourceLine } from "../../../../src/domain/coverage/Source.ts"

/** In one pass: a text, what hides a run or a paragraph, their ends, and the ends of what is not shown at all. */
const token =
  /<(?:w|m|a):t(?:\s[^<>]*)?>([^<]*)<|<(w:vanish)(?:\s*\/|>)|<(w:showingPlcHdr)|<\/(w:r|w:pPr)>|<\/(?:w|a):(p)>|<(\/?)(?:mc:Fallback|w:moveFrom)>/g

export const paragraphsOf = (xml: string): ReadonlyArray<SourceLine> => {
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
  for (const [, text, vanish, prompt, runEnd, paragraphEnd, unseenEnd] of withoutCovered(xml).matchAll(token)) {
    if (unseenEnd !== undefined) unseen = Math.max(0, unseen + (unseenEnd === "" ? 1 : -1))
    else if (unseen > 0) continue
    else if (text !== undefined) run += text
    else if (vanish !== undefined) isVanished = true
    else if (prompt !== undefined) isPrompt = true
    else if (runEnd !== undefined) endRun()
    else if (paragraphEnd !== undefined) {
      endRun()
      // The prompt of an empty field.
      if (!isPrompt && paragraph.trim() !== "") lines.push(lineOf(paragraph))
      paragraph = ""
      isPrompt = false
    }
  }
  return lines
}

const covers = ["<w:vMerge/>", "<w:vMerge />", "<w:vMerge w:val=\"continue\""]

/** Without the text of cells that a cell above covers. */
const withoutCovered = (xml: string): string =>
  covers.some((each) => xml.includes(each))
    ? xml.split("</w:tc>").map((cell) => {
      const at = Math.max(...covers.map((each) => cell.lastIndexOf(each)))
      return at === -1 ? cell : cell.slice(0, at)
    }).join("</w:tc>")
    : xml

export const lineOf = (xmlText: string): SourceLine => ({ text: decoded(xmlText), kind: "lines" })

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" }

const entity = /&(#x[0-9a-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);/gi

export const decoded = (text: string): string =>
  !text.includes("&") ? text : text.replaceAll(entity, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
