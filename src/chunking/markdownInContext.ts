/**
 * `markdown-structure@2`: the chunks of `markdown-structure@1`, each embedded behind its document's name and the headings
 * above it. A chunk from the middle of a section is then found by the section's words, too.
 */
import type { TextChunk } from "../domain/Chunk.ts"
import { cutAt } from "../domain/graphemes.ts"
import { headingLevel, headingTitle } from "./Line.ts"
import { markdownStructure } from "./markdownStructure.ts"
import { estimateTokens, perToken } from "./TokenEstimate.ts"

export function* markdownInContext(markdown: string, filename: string): Generator<TextChunk, undefined> {
  const name = nameOf(filename)
  for (const chunk of markdownStructure(markdown)) {
    const context = contextOf(name, chunk)
    yield context === "" ? chunk : { ...chunk, context: `${context}\n\n` }
  }
  return undefined
}

/** A chunk has at most 7,500 bytes (TokenEstimate); with these 40 tokens it stays under 8,191. */
const budget = 40 * perToken

/** Of one part. */
const longestPart = 100

/** The innermost headings that fit, behind the document's name, from the outside in. */
const contextOf = (name: string, { meta, text }: TextChunk): string => {
  const own = openingTitles(text)
  const headings = meta.headings.filter((heading) => !own.has(heading) && !isSame(heading, name)).map(short)
  const parts = name === "" ? [] : [name]
  let cost = costOf(parts.join(""))
  const inner: Array<string> = []
  for (const heading of headings.toReversed()) {
    cost += costOf(heading)
    if (cost > budget) break
    inner.unshift(heading)
  }
  return [...parts, ...inner].join(separator)
}

const separator = " > "
const costOf = (part: string): number => estimateTokens(part + separator)

/** The titles of the headings that the chunk's own text begins with. */
const openingTitles = (text: string): ReadonlySet<string> => {
  const titles = new Set<string>()
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at)
    const end = newline === -1 ? text.length : newline
    const level = headingLevel(text, at, end)
    if (level > 0) titles.add(headingTitle(text, at + level, end))
    else if (end > at) break
    at = end + 1
  }
  return titles
}

/** `home-policy_2024.pdf` as words; nothing if the name says nothing, as that of a scan does. */
const nameOf = (filename: string): string => {
  const words = short(filename.replace(/\.[a-z0-9]{1,8}$/i, "").replaceAll(/[\s_-]+/g, " ").trim())
  return /\p{L}{3}/u.test(words) && costOf(words) <= budget ? words : ""
}

const isSame = (heading: string, name: string): boolean => heading.toLowerCase() === name.toLowerCase()

const short = (part: string): string => part.length <= longestPart ? part : part.slice(0, cutAt(part, longestPart, 0))
