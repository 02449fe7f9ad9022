import { describe, it } from "@effect/vitest"
import { assert } from "vitest"
import { readPages } from "../../src/chunking/Pages.ts"

describe("readPages", () => {
  it("takes the marks out and lets a paragraph run on over the page's end", () => {
    assert.strictEqual(
      readPages("<!-- page 1 -->\n\nThe policy\n<!-- page 2 -->\ncovers\n").text,
      "The policy\ncovers\n"
    )
    assert.strictEqual(readPages("One.\n\n<!-- page 2 -->\n\nTwo.\n").text, "One.\n\nTwo.\n")
  })

  it("finds places again in the original, and their page", () => {
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

  it("knows no page where there is no mark, and before the first", () => {
    assert.deepStrictEqual(readPages("One.\n").place(0, 4), { start: 0, end: 4 })
    assert.deepStrictEqual(readPages("One.\n<!-- page 2 -->\nTwo.\n").place(0, 4), { start: 0, end: 4 })
  })

  it("takes only a whole line for a mark, and no number that a page cannot have", () => {
    const text = "See <!-- page 1 --> here\n <!-- page 1 -->\n<!-- page one -->\n"
    assert.strictEqual(readPages(text).text, text)
    assert.deepStrictEqual(readPages("<!-- page 99999999999999999999 -->\nOne.\n").place(0, 4), { start: 35, end: 39 })
    assert.deepStrictEqual(readPages("<!-- page 0 -->\nOne.\n").place(0, 4), { start: 16, end: 20 })
  })
})
