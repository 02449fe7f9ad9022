import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { canonicalText, pageMark, pageMarks } from "../../src/domain/text.ts"

describe("canonical text", () => {
  it("has line feeds for every kind of line end", () => {
    assert.strictEqual(canonicalText("a\r\nb\rc\nd"), "a\nb\nc\nd\n")
  })

  it("has no byte order mark, NUL, or control character but tab, line feed and form feed", () => {
    assert.strictEqual(canonicalText("\ufeffa\u0000b\u0007c\td\u000ce\u007f\u001f"), "abc\td\u000ce\n")
  })

  it("has composed characters", () => {
    assert.strictEqual(canonicalText("U\u0308ber"), "\u00dcber\n")
  })

  it("has a replacement character for half a surrogate pair, and whole pairs as they are", () => {
    assert.strictEqual(canonicalText("a\ud800b 😀"), "a\ufffdb 😀\n")
  })

  it("ends in exactly one line feed", () => {
    assert.strictEqual(canonicalText("text \n\n\t\n"), "text\n")
    assert.strictEqual(canonicalText(""), "\n")
  })

  it.prop("is canonical already", [Schema.String], ([text]) => {
    const once = canonicalText(text)
    assert.strictEqual(canonicalText(once), once)
  }, { arbitrary: { runs: 500 } })

  it.prop("can be stored by Postgres and read back from UTF-8", [Schema.String], ([text]) => {
    const once = canonicalText(`${text}\u0000\ud800`)
    assert.notInclude(once, "\u0000")
    assert.strictEqual(new TextDecoder().decode(new TextEncoder().encode(once)), once)
  })
})

describe("a page mark", () => {
  it("is found again with its number", () => {
    const text = `${pageMark(1)}\n\none\n\n${pageMark(12)}\n\ntwelve`
    assert.deepStrictEqual([...text.matchAll(pageMarks())].map(([, page]) => page), ["1", "12"])
  })

  it("stands on a line of its own", () => {
    assert.isNull(`said ${pageMark(1)}`.match(pageMarks()))
  })
})
