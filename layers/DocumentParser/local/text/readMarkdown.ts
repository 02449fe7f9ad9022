/** Markdown and plain text as files, without what only looks like their structure. */
import { readTitles } from "./readTitles.ts"

export const readMarkdown = (text: string): string => withoutComments(fencedFrontMatter(text))

export const readPlainText = (text: string, filename: string): string =>
  readTitles(text.startsWith("BEGIN:VCALENDAR") ? unfolded(text) : text, /\.re?st$/i.test(filename))

/** A calendar's lines are divided inside words, and their commas and line breaks are escaped. */
const unfolded = (text: string): string =>
  text.replaceAll(/\r?\n[ \t]/g, "").replaceAll(/\\([,;\\n])/gi, (_, sign: string) => /n/i.test(sign) ? "\n" : sign)

/** The settings at the top of a page: their closing line would make a heading of the last one. */
const fencedFrontMatter = (text: string): string => {
  const opening = /^\ufeff?---[ \t]*\r?\n/.exec(text)?.[0] ?? ""
  const rest = text.slice(opening.length, opening.length + longestSettings)
  const closing = opening === "" ? null : /^(?:---|\.\.\.)[ \t]*$/m.exec(rest)
  if (closing === null) return text
  const settings = rest.slice(0, closing.index)
  const isSettings = /^[\w"'-]+[ \t]*:/m.test(settings) && !settings.includes("```")
  const after = text.slice(opening.length + closing.index + closing[0].length)
  return isSettings ? `\`\`\`yaml\n${settings}\`\`\`\n${after}` : text
}

const longestSettings = 20_000

/** Outside code, a comment is not shown, and a heading inside it is not a heading. */
const withoutComments = (text: string): string => {
  if (!text.includes("<!--")) return text
  const parts: Array<string> = []
  let fence = ""
  let copied = 0
  const marks = /^[ \t]{0,3}(`{3,}|~{3,})|<!--/gm
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const marker = found[1]
    if (marker !== undefined) {
      if (fence === "") fence = marker
      else if (marker.startsWith(fence)) fence = ""
      continue
    }
    if (fence !== "" || isInCode(text, found.index)) continue
    const end = text.indexOf("-->", found.index + 4)
    if (end === -1) break
    parts.push(text.slice(copied, found.index))
    copied = end + 3
    marks.lastIndex = copied
  }
  parts.push(text.slice(copied))
  return parts.join("")
}

/** After an odd number of backticks on its line. */
const isInCode = (text: string, at: number): boolean => {
  let ticks = 0
  for (let back = at - 1; back >= 0 && text[back] !== "\n" && at - back < 2_000; back--) if (text[back] === "`") ticks++
  return ticks % 2 === 1
}
