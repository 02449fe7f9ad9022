import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { canonicalText, composed, cutSentence, cutText, pageMark, pageMarks } from "../../src/domain/text.ts"

describe("canonical text", () => {
  it("uses line feeds for every kind of line end", () => {
    assert.strictEqual(canonicalText("a\r\nb\rc\nd"), "a\nb\nc\nd\n")
  })

  it("has no byte order mark, NUL or control character except tab, line feed and form feed", () => {
    assert.strictEqual(canonicalText("\ufeffa\u0000b\u0007c\td\u000ce\u007f\u001f"), "abc\td\u000ce\n")
  })

  it("has composed characters", () => {
    assert.strictEqual(canonicalText("U\u0308ber"), "\u00dcber\n")
  })

  it("is composed already if it has only characters before U+0300: none of them joins another", () => {
    const all = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code))
    for (const one of all) {
      const withEach = all.map((other) => one + other).join("")
      assert.strictEqual(composed(withEach), withEach.normalize("NFC"))
    }
  })

  it("replaces lone surrogates, and keeps surrogate pairs", () => {
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

describe("a text truncated for a row", () => {
  it("a text truncated for a row loses only U+0000 and lone surrogates if it is short", () => {
    assert.strictEqual(cutText("a\u0000b\ud83dc \u{1f600}", 20), "ab\ufffdc \u{1f600}")
  })

  it(
    "a text truncated for a row is cut between characters: an emoji, a flag and a letter with marks stay "
      + "whole or are dropped",
    () => {
      assert.strictEqual(cutText("abc\u{1f600}", 4), "abc")
      assert.strictEqual(cutText("abc\u{1f1e9}\u{1f1ea}", 5), "abc")
      assert.strictEqual(cutText("abe\u0301", 3), "ab")
      assert.strictEqual(cutText("abcde", 3), "abc")
    }
  )

  it.prop("a text truncated for a row is well-formed and within the limit", [
    Schema.String,
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 }))
  ], ([text, most]) => {
    const cut = cutText(`${text}\u0000\ud800${text}\udfff`, most)
    assert.isTrue(cut.isWellFormed())
    assert.notInclude(cut, "\u0000")
    assert.isAtMost(cut.length, most)
  }, { arbitrary: { runs: 500 } })

  it("a text truncated for a row is one line of at most 200 characters for a vendor's message", () => {
    assert.strictEqual(cutSentence("  It\n\n is  so. "), "It is so.")
    assert.strictEqual(cutSentence(`${"x".repeat(199)}\u{1f600}`), "x".repeat(199))
  })
})

describe("a page mark", () => {
  it("a page mark is found with its number", () => {
    const text = `${pageMark(1)}\n\none\n\n${pageMark(12)}\n\ntwelve`
    assert.deepStrictEqual([...text.matchAll(pageMarks())].map(([, page]) => page), ["1", "12"])
  })

  it("a page mark is on its own line", () => {
    assert.isNull(`said ${pageMark(1)}`.match(pageMarks()))
  })
})
