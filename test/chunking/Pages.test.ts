import { describe, it } from "@effect/vitest"
import { assert } from "vitest"
import { readPages } from "../../src/chunking/Pages.ts"

describe("readPages", () => {
  it("removes page marks and lets a paragraph continue across a page break", () => {
    assert.strictEqual(
      readPages("<!-- page 1 -->\n\nThe policy\n<!-- page 2 -->\ncovers\n").text,
      "The policy\ncovers\n"
    )
    assert.strictEqual(readPages("One.\n\n<!-- page 2 -->\n\nTwo.\n").text, "One.\n\nTwo.\n")
  })

  it("maps offsets back to offsets and pages of the original", () => {
    const markdown = "<!-- page 3 -->\nOne.\n\n<!-- page 4 -->\n\nTwo.\n"
    const { place, text } = readPages(markdown)
    const at = text.indexOf("Two.")
    assert.deepStrictEqual(place(at, at + 4), {
      page: 4,
      start: markdown.indexOf("Two."),
      end: markdown.indexOf("Two.") + 4
    })
    assert.deepStrictEqual(place(0, at + 4), { page: 3, start: 16, end: markdown.length - 1 })
  })

  it("has no page without marks, and before the first mark", () => {
    assert.deepStrictEqual(readPages("One.\n").place(0, 4), { start: 0, end: 4 })
    assert.deepStrictEqual(readPages("One.\n<!-- page 2 -->\nTwo.\n").place(0, 4), { start: 0, end: 4 })
  })

  it("accepts only whole lines as page marks, and only valid page numbers", () => {
    const text = "See <!-- page 1 --> here\n <!-- page 1 -->\n<!-- page one -->\n"
    assert.strictEqual(readPages(text).text, text)
    assert.deepStrictEqual(readPages("<!-- page 99999999999999999999 -->\nOne.\n").place(0, 4), { start: 35, end: 39 })
    assert.deepStrictEqual(readPages("<!-- page 0 -->\nOne.\n").place(0, 4), { start: 16, end: 20 })
  })
})
