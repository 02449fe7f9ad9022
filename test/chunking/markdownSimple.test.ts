import { describe, it } from "@effect/vitest"
import { assert } from "vitest"
import { markdownSimple } from "../../src/chunking/markdownSimple.ts"
import { AnyMarkdown } from "./markdown.ts"

const chunk = (markdown: string) => [...markdownSimple(markdown)]
const texts = (markdown: string) => chunk(markdown).map(({ text }) => text)

describe("markdown-simple@1", () => {
  it("leaves a text of up to 1,000 characters whole", () => {
    const text = "x ".repeat(500).trim()
    assert.deepStrictEqual(texts(`${text}\n`), [text])
  })

  it("repeats up to 200 characters, from a sentence's beginning", () => {
    const chunks = chunk("This sentence has forty characters here. ".repeat(200))
    for (const [index, { meta, text }] of chunks.entries()) {
      const before = chunks[index - 1]
      assert.isTrue(text.startsWith("This sentence"))
      if (before !== undefined) {
        assert.isAtMost(before.meta.end - meta.start, 200)
        assert.isAtLeast(before.meta.end - meta.start, 120)
      }
    }
  })

  it("cuts at a paragraph's end rather than a sentence's, and between words rather than in them", () => {
    const paragraph = "A sentence here. ".repeat(40).trim()
    assert.strictEqual(texts(`${paragraph}\n\n${paragraph}`)[0], paragraph)
    for (const text of texts("insurance ".repeat(1000))) assert.match(text, /^insurance.*insurance$/s)
  })

  it("cuts before a fence or a row that fits a chunk, not in it", () => {
    const fence = `\`\`\`\n${"call()\n".repeat(120)}\`\`\``
    const row = `| ${"cell ".repeat(180)}|`
    for (const block of [fence, row]) {
      for (const before of ["word ", "word ".repeat(60), "word ".repeat(150)]) {
        assert.isTrue(texts(`${before.trim()}\n${block}\n${"word ".repeat(150)}`).some((text) => text.includes(block)))
      }
    }
  })

  it("starts no chunk inside a table row", () => {
    const rows = Array.from({ length: 300 }, (_, row) => `| Item ${row} with some words. And more | ${row * 10} |`)
    for (const text of texts(rows.join("\n"))) assert.isTrue(text.startsWith("| Item "))
  })

  it.prop(
    "stays within 1,000 characters, repeats at most 200 of them, and always advances",
    [AnyMarkdown],
    ([markdown]) => {
      let end = 0
      for (const { meta, text } of markdownSimple(markdown)) {
        assert.isAtMost(text.length, 1000)
        assert.isAbove(meta.end, end)
        end = meta.end
      }
    },
    { arbitrary: { runs: 200, size: 40 } }
  )
})
