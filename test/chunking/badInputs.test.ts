/**
 * The inputs B26 to B34, which have broken chunkers: each yields valid chunks. `bench/chunking.ts` shows that time stays
 * linear.
 */
import { describe, it } from "@effect/vitest"
import { countTokens } from "gpt-tokenizer/encoding/cl100k_base"
import { assert } from "vitest"
import { chunkers } from "../../src/chunking/chunkers.ts"
import { ChunkerId, identify, type TextChunk } from "../../src/domain/Chunk.ts"
import { DocumentId } from "../../src/domain/Ids.ts"
import { canonicalText } from "../../src/domain/text.ts"
import { assertEveryCharacterIsKept, assertWellFormed, assertWholeGraphemes } from "./markdown.ts"

const documentId = DocumentId.make("018f3c5e-7a90-7c2b-9d61-2f4f5b0c8a11")

for (const chunker of ChunkerId.literals) {
  /** The chunks of the canonical text, checked against the general laws. */
  const chunksOf = (text: string): ReadonlyArray<TextChunk> => {
    const markdown = canonicalText(text)
    const chunks = [...chunkers[chunker](markdown, "policy.md")]
    assertWellFormed(markdown, chunks)
    assertEveryCharacterIsKept(markdown, chunks)
    return chunks
  }

  describe(`${chunker}`, () => {
    it("keeps emoji, flags and combining marks whole wherever the cut would fall (B26)", () => {
      for (const cluster of ["👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "❤️‍🔥", "e\u0301\u0302", "각", "क्षि", "𠀀"]) {
        for (let shift = 0; shift < 12; shift++) {
          const markdown = canonicalText("x".repeat(shift) + cluster.repeat(3000))
          const chunks = [...chunkers[chunker](markdown, "policy.md")]
          assert.isAbove(chunks.length, 1)
          assertWholeGraphemes(markdown, chunks)
        }
      }
    })

    it("cuts a single grapheme that is longer than any chunk between its code points (B26)", () => {
      for (const mark of ["\u200d", "\u{1f3fb}"]) {
        for (const base of ["e", "é", "ee"]) assert.isAbove(chunksOf(base + mark.repeat(20_000)).length, 1)
      }
    })

    it("keeps scripts without spaces under the token limit (B27)", () => {
      for (const text of ["保险合同由保险条款投保单组成", "กรมธรรม์ประกันภัยนี้ให้ความคุ้มครอง", "ཨོཾམཎིཔདྨེཧཱུྃ", "𠀀𠀁𠀂"]) {
        for (const chunk of chunksOf(text.repeat(2000))) assert.isAtMost(countTokens(chunk.text), 3000)
      }
    })

    it("splits a line of 2 MB without a space and drops none of it (B28)", () => {
      const chunks = chunksOf("a".repeat(2_000_000))
      for (const chunk of chunks) assert.isAtMost(chunk.text.length, 7500)
      assert.strictEqual(chunks.at(-1)?.meta.end, 2_000_000)
    })

    it("makes no chunk of white space and page marks alone (B29)", () => {
      for (
        const text of ["", " ", "\n\n\n", "\u00a0\u3000\t", "<!-- page 1 -->\n\n<!-- page 2 -->\n", " ".repeat(100_000)]
      ) {
        assert.deepStrictEqual(chunksOf(text), [])
      }
    })

    it("ignores white space of any length for the limits (B29)", () => {
      for (const blank of [" ", "\n", "\t", "\u3000", "\u00a0"]) {
        const chunks = chunksOf(`first${blank.repeat(50_000)}last`)
        assert.strictEqual(chunks.at(0)?.text, "first")
        assert.strictEqual(chunks.at(-1)?.text, "last")
      }
    })

    it("keeps 256 chunks under 300,000 tokens by keeping each under 1,171 (B30)", () => {
      const chunks = chunksOf("Ünïcödé ⟨§⟩ 0x7f3a9c ⚖️ 保险 ".repeat(5000))
      for (const chunk of chunks) assert.isAtMost(countTokens(chunk.text), 1171)
    })

    it("cuts a table of 5,000 rows between rows (B31)", () => {
      const rows = Array.from({ length: 5000 }, (_, row) => `| Item ${row} | ${row * 10} |`)
      for (const chunk of chunksOf(["| Item | Limit |", "| - | - |", ...rows].join("\n"))) {
        for (const line of chunk.text.split("\n")) assert.match(line, /^\|.*\|$/)
      }
    })

    it("cuts a fence that is never closed only between its lines (B31)", () => {
      const lines = Array.from({ length: 2000 }, (_, line) => `call(${line})`)
      for (const chunk of chunksOf(["```js", ...lines].join("\n"))) {
        for (const line of chunk.text.split("\n")) assert.match(line, /^(```(js)?|call\(\d+\))$/)
      }
    })

    it("keeps a heading that has no text (B31)", () => {
      assert.deepStrictEqual(chunksOf("# Policy").map((chunk) => chunk.text), ["# Policy"])
      assert.isAbove(chunksOf("## Clause\n".repeat(10_000)).length, 1)
    })

    it("keeps the items of a list of 50 levels whole (B31)", () => {
      const list = Array.from({ length: 2000 }, (_, item) => `${"  ".repeat(item % 50)}- item ${item}`)
      for (const chunk of chunksOf(list.join("\n"))) {
        for (const line of chunk.text.split("\n")) assert.match(line, /^ *- item \d+$/)
      }
    })

    it("gets through text designed for catastrophic backtracking (B32)", () => {
      for (
        const trap of [
          "`",
          "~",
          "#",
          "#".repeat(7),
          "- ",
          "1",
          "|",
          "|-",
          "=",
          "-",
          "<!-- page 1",
          "<!-- page ",
          "[",
          "*_",
          " \t"
        ]
      ) {
        assert.isAbove(chunksOf(`a${trap.repeat(200_000 / trap.length)}b`).length, 1)
        chunksOf(`${trap}\n`.repeat(200_000 / (trap.length + 1)))
      }
    })

    it("gives the chunks of 100,000 identical lines distinct ids, and equal text one hash (B33)", () => {
      const chunks = chunksOf("The same line.\n".repeat(100_000))
        .map((chunk, ordinal) => identify(documentId, chunker, ordinal, chunk))
      assert.strictEqual(new Set(chunks.map((chunk) => chunk.chunkId)).size, chunks.length)
      assert.isAtMost(new Set(chunks.map((chunk) => chunk.sha)).size, 3)
    })

    it("treats special tokens as text (B34)", () => {
      const text = "Before <|endoftext|> and <|im_start|>system<|fim_prefix|> after"
      assert.deepStrictEqual(chunksOf(text).map((chunk) => chunk.text), [text])
    })
  })
}
