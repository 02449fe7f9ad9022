/** Titles that plain text and reStructuredText underline, as headings. A line of tildes would otherwise open a code block. */

const signs = "=-~^\"'`#*+:._<>"
const longestTitle = 200
/** In plain text only these; reStructuredText takes any, and the first is the highest. */
const usual = "=-~^"

export const readTitles = (text: string, isStructured: boolean): string => {
  if (!isStructured && !/^~{3,}[ \t]*\r?$/m.test(text)) return text
  const lines = text.split(/\r?\n/)
  const known: Array<string> = isStructured ? [] : [...usual]
  const out: Array<string> = []
  for (let at = 0; at < lines.length; at++) {
    const title = (lines[at] ?? "").trimEnd()
    const sign = signOf(title, lines[at + 1])
    const isAllowed = sign !== undefined && (isStructured || usual.includes(sign))
    if (
      !isAllowed ||
      (out.at(-1)?.trim() ?? "") !== "" && !(isRule(out.at(-1) ?? "", sign) && (isStructured || sign !== "~"))
    ) {
      out.push(lines[at] ?? "")
      continue
    }
    const over = out.at(-1) ?? ""
    const isOverlined = isRule(over, sign)
    if (isOverlined) out.pop()
    const style = isStructured && isOverlined ? `${sign}${sign}` : sign
    if (!known.includes(style)) known.push(style)
    out.push(`${"#".repeat(Math.min(known.indexOf(style) + 1, 6))} ${title.trim()}`)
    at++
  }
  return out.join("\n")
}

const isRule = (line: string, sign: string): boolean => line.startsWith(sign) && ruleOf(line) !== undefined

/** The sign that all of the line consists of. */
const ruleOf = (line: string): string | undefined => {
  const text = line.trimEnd()
  const sign = text.charAt(0)
  return text.length > 2 && signs.includes(sign) && text === sign.repeat(text.length) ? sign : undefined
}

/** The sign of the line below, if it underlines this one. */
const signOf = (title: string, below: string | undefined): string | undefined => {
  const rule = below?.trimEnd() ?? ""
  const isTitle = title.trim() !== "" && title.length <= longestTitle && ruleOf(title) === undefined &&
    !title.startsWith("    ")
  return isTitle && rule.length >= Math.min(title.trim().length, 40) * 0.7 ? ruleOf(rule) : undefined
}
