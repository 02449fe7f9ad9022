/** What holds for every chunker on every Markdown. */
import { describe, it } from "@effect/vitest"
import { assert } from "vitest"
import { chunkers } from "../../src/chunking/chunkers.ts"
import { ChunkerId, type TextChunk } from "../../src/domain/Chunk.ts"
import { pageMarks } from "../../src/domain/text.ts"
import { AnyMarkdown, assertEveryCharacterIsKept, assertWellFormed, assertWholeGraphemes } from "./markdown.ts"

const options = { arbitrary: { runs: 300, size: 40 } }

for (const chunker of ChunkerId.literals) {
  const chunk = (markdown: string) => [...chunkers[chunker](markdown, "policy.md")]

  describe(`${chunker}`, () => {
    it.prop(
      "loses no visible character and reports correct offsets",
      [AnyMarkdown],
      ([markdown]) => assertEveryCharacterIsKept(markdown, chunk(markdown)),
      options
    )

    it.prop(
      "yields trimmed chunks in order, never empty, of at most 8,191 bytes and without page marks",
      [AnyMarkdown],
      ([markdown]) => assertWellFormed(markdown, chunk(markdown)),
      options
    )

    it.prop(
      "never cuts a grapheme",
      [AnyMarkdown],
      ([markdown]) => assertWholeGraphemes(markdown, chunk(markdown)),
      options
    )

    it.prop(
      "gives the same chunks for the same text",
      [AnyMarkdown],
      ([markdown]) => assert.deepStrictEqual(chunk(markdown), chunk(markdown)),
      options
    )

    it.prop(
      "names the page on which a chunk starts",
      [AnyMarkdown],
      ([markdown]) => {
        for (const { meta } of chunk(markdown)) {
          const last = [...markdown.slice(0, meta.start).matchAll(pageMarks())].at(-1)
          assert.strictEqual(meta.page, last === undefined ? undefined : Number(last[1]))
        }
      },
      options
    )

    it.prop(
      "chunks two interleaved documents like each alone",
      [AnyMarkdown, AnyMarkdown],
      ([one, other]) => {
        const turns = chunkers[chunker](other, "policy.md")[Symbol.iterator]()
        const chunks: Array<TextChunk> = []
        for (const each of chunkers[chunker](one, "policy.md")) {
          chunks.push(each)
          turns.next()
        }
        assert.deepStrictEqual(chunks, chunk(one))
      },
      options
    )

    it("produces a chunk only on demand", () => {
      const [first] = chunkers[chunker]("# Policy\n\n".concat("The insurer pays. ".repeat(3_000_000)), "policy.md")
      assert.isTrue(first?.text.startsWith("# Policy\n\nThe insurer pays."))
    })
  })
}
