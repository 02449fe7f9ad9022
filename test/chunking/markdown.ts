/** Generated Markdown that is hard to chunk, and the laws that any chunker's output must satisfy. */
import { Arbitrary, Schema } from "effect"
import { assert } from "vitest"
import type { TextChunk } from "../../src/domain/Chunk.ts"
import { canonicalText, pageMark, pageMarks } from "../../src/domain/text.ts"

const pieces = [
  "word ",
  "A sentence ends here. ",
  "Versicherungsbedingungen",
  "保险合同由保险条款组成。",
  "กรมธรรม์ประกันภัย",
  "यह बीमा अनुबंध ",
  "👨‍👩‍👧‍👦",
  "🇩🇪",
  "❤️‍🔥 ",
  "e\u0301\u0327",
  " \u0301x",
  "각",
  "𠀀",
  "0123456789",
  "# Title\n\n",
  "### Deeper: \n",
  "Heading\n=======\n",
  "- item of a list\n",
  "    1. nested item\n",
  "intro:\n\n",
  "| a | b |\n| - | - |\n",
  "| cell with words | 12 |\n",
  "a | b\n--- | ---\n1 | 2\n",
  "```ts\n",
  "~~~~\n",
  "  const a = 1\n",
  "\n\n```\n\n",
  "<|endoftext|>",
  "   \t ",
  "\u00a0\u3000",
  "\n\n\n",
  "=====",
  "\\`*_<b>&amp;"
] as const

const Piece = Schema.Struct({
  piece: Schema.Literals(pieces),
  times: Schema.Literals([1, 1, 2, 3, 7, 20, 90]),
  behind: Schema.Literals(["", "", "", " ", "\n", "\n\n"]),
  page: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 }))
})

export const AnyMarkdown = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Piece), { minLength: 1, maxLength: 40 }),
  (parts) =>
    canonicalText(
      parts.map(({ behind, page, piece, times }) =>
        piece.repeat(times) + behind + (page > 9 ? `\n${pageMark(page)}\n` : "")
      ).join("")
    )
)

const withoutBlanks = (text: string): string => text.replace(/\s+/g, "")

/** The text with its page marks replaced by spaces, so that offsets do not change. */
const withoutMarks = (markdown: string): string => markdown.replace(pageMarks(), (mark) => " ".repeat(mark.length))

export const assertEveryCharacterIsKept = (markdown: string, chunks: ReadonlyArray<TextChunk>): void => {
  const source = withoutMarks(markdown)
  let covered = 0
  for (const { meta, text } of chunks) {
    const between = source.slice(covered, Math.max(covered, meta.start))
    if (/\S/.test(between)) assert.fail(`left out before ${meta.start}: ${between.trim()}`)
    const span = source.slice(meta.start, meta.end)
    // White space may differ only where a page mark was removed.
    const isKept = span === markdown.slice(meta.start, meta.end)
      ? text.includes(span.trim())
      : withoutBlanks(text).includes(withoutBlanks(span))
    if (!isKept) assert.fail(`the chunk at ${meta.start} does not have its span's text: ${text}`)
    covered = meta.end
  }
  assert.strictEqual(source.slice(covered).trim(), "", "nothing is left out at the end")
}

export const assertWellFormed = (markdown: string, chunks: ReadonlyArray<TextChunk>): void => {
  let start = -1
  for (const { meta, text } of chunks) {
    // A reopened fence keeps the first line's indentation.
    const startsInText = /\S/.test(markdown.charAt(meta.start)) || /^(```|~~~)/.test(text)
    const isWellFormed = text !== "" && text.isWellFormed() && startsInText && text === text.trim() &&
      Buffer.byteLength(text) <= 8191 &&
      !pageMarks().test(text) &&
      meta.start > start && /\S/.test(markdown.charAt(meta.end - 1))
    if (!isWellFormed) assert.fail(`a bad chunk at ${meta.start} after ${start}: ${text}`)
    start = meta.start
  }
}

export const assertWholeGraphemes = (markdown: string, chunks: ReadonlyArray<TextChunk>): void => {
  const bounds = new Set([markdown.length])
  for (const { index } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(markdown)) bounds.add(index)
  // Trimming separates a combining mark from the space before it; nothing else splits a cluster.
  const isWhole = (at: number) => bounds.has(at) || /\s/.test(markdown.charAt(at - 1)) || /\s/.test(markdown.charAt(at))
  for (const { meta } of chunks) {
    assert.isTrue(isWhole(meta.start), `the chunk's start at ${meta.start} is a grapheme's`)
    assert.isTrue(isWhole(meta.end), `the chunk's end at ${meta.end} is a grapheme's`)
  }
}
