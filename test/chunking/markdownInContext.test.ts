import { describe, it } from "@effect/vitest"
import { assert } from "vitest"
import { chunkers } from "../../src/chunking/chunkers.ts"
import { markdownInContext } from "../../src/chunking/markdownInContext.ts"

const prose = (about: string) => `The insurer pays for ${about}. `.repeat(200).trim()
const contexts = (markdown: string, filename: string) =>
  [...markdownInContext(markdown, filename)].map(({ context }) => context)

describe("markdown-structure@2", () => {
  it("cuts as markdown-structure@1 does, and stores the same text", () => {
    const markdown = `# Policy\n\n${prose("fire")}\n\n## Excess\n\n${prose("theft")}\n`
    const plain = [...markdownInContext(markdown, "home.pdf")].map(({ meta, text }) => ({ text, meta }))
    assert.deepStrictEqual(plain, [...chunkers["markdown-structure@1"](markdown, "home.pdf")])
  })

  it("embeds each part of a section behind the document's name and the headings above it", () => {
    const [first, second] = contexts(`# Black Curlew\n\n## Excess\n\n${prose("fire")}\n`, "ship_covers-2024.pdf")
    assert.strictEqual(first, "ship covers 2024\n\n")
    assert.strictEqual(second, "ship covers 2024 > Black Curlew > Excess\n\n")
  })

  it("names a heading once that is also the document's name", () => {
    assert.deepStrictEqual(contexts(`# Home Policy\n\n${prose("fire")}\n`, "home-policy.pdf").slice(1, 2), [
      "home policy\n\n"
    ])
  })

  it("embeds only the text of a document whose name and headings say nothing", () => {
    assert.deepStrictEqual(contexts("Covered.\n", "0001.pdf"), [undefined])
  })

  it("keeps the embedded input within the provider's 8,191 bytes in every script, however long the headings are", () => {
    for (const letter of ["a", "Z9", "한", "ሀ", "ß", "\u{1f600}", "\u{20000}", " ", "|", "A1b2+/"]) {
      const heading = letter.repeat(500)
      const markdown = `# ${heading}\n\n## ${heading}\n\n${letter.repeat(20_000)}\n`
      for (const { context = "", text } of markdownInContext(markdown, `policy ${heading}.md`)) {
        assert.isBelow(Buffer.byteLength(context + text), 8_191)
      }
    }
  })
})
