import { assert, describe, it } from "@effect/vitest"
import { readMarkdown, readPlainText } from "../../../../../layers/DocumentParser/local/text/readMarkdown.ts"

describe("Markdown as a file", () => {
  it("has no headings in comments", () => {
    assert.strictEqual(readMarkdown("# Guide\n<!--\n# Old\n-->\nText <!-- note --> on."), "# Guide\n\nText  on.")
    assert.strictEqual(readMarkdown("Text <!-- never closed"), "Text <!-- never closed")
  })

  it("keeps comments in code", () => {
    for (const text of ["```html\n<!-- a -->\n```", "~~~\n<!-- a -->\n~~~", "Write `<!-- a -->` so."]) {
      assert.strictEqual(readMarkdown(text), text)
    }
  })

  it("has no headings in its front matter", () => {
    assert.strictEqual(
      readMarkdown("---\ntitle: Guide\n# draft\n---\n# Guide"),
      "```yaml\ntitle: Guide\n# draft\n```\n\n# Guide"
    )
    assert.strictEqual(readMarkdown("---\n\nA rule above.\n\n---\n"), "---\n\nA rule above.\n\n---\n")
  })
})

describe("underlined titles", () => {
  it("are headings of reStructuredText, the first sign the highest", () => {
    assert.strictEqual(
      readPlainText(
        "====\nTop\n====\n\nMooring\n~~~~~~~\n\nRope.\n\nKnots\n^^^^^\nBowline.\n\nBunkering\n~~~~~~~~~\n",
        "a.rst"
      ),
      "# Top\n\n## Mooring\n\nRope.\n\n### Knots\nBowline.\n\n## Bunkering\n"
    )
  })

  it("are headings of plain text, and open no code block", () => {
    assert.strictEqual(readPlainText("Mooring\n~~~~~~~\nRope.\n", "a.txt"), "### Mooring\nRope.\n")
  })

  it("are not seen in code or in a line within a paragraph", () => {
    for (const text of ["~~~\ncode\n~~~\n", "One\ntwo\n~~~\n"]) assert.strictEqual(readPlainText(text, "a.txt"), text)
  })
})
