import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { declaredCharset, decodeText } from "../../../../../layers/DocumentParser/local/text/decodeText.ts"
import { canonicalText } from "../../../../../src/domain/text.ts"

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"))
const utf16 = (text: string) => Buffer.from(text, "utf16le")

/** Text as people write it: letters of several scripts, marks, spaces. */
const Text = Schema.NonEmptyString.check(
  Schema.isPattern(/^[ -~\n\u00a1-\u024f\u0391-\u03c9\u0410-\u044f\u4e00-\u4e50]+$/)
)
const Western = Schema.String.check(Schema.isPattern(/^[ -~\u00c0-\u00ff]*$/))

describe("decodeText", () => {
  it.prop("decodes UTF-8, with and without a byte order mark", [Text], ([text]) => {
    assert.strictEqual(decodeText(new Uint8Array(Buffer.from(text))), text)
    assert.strictEqual(decodeText(new Uint8Array(Buffer.from(`\ufeff${text}`))), text)
  })

  it.prop("decodes UTF-16 in both byte orders, with a byte order mark", [Text], ([text]) => {
    assert.strictEqual(decodeText(new Uint8Array(utf16(`\ufeff${text}`))), text)
    assert.strictEqual(decodeText(new Uint8Array(utf16(`\ufeff${text}`).swap16())), text)
  })

  it.prop("decodes UTF-16 in both byte orders, without a byte order mark", [Text], ([text]) => {
    const sentence = `It says: ${text}`
    assert.strictEqual(decodeText(new Uint8Array(utf16(sentence))), sentence)
    assert.strictEqual(decodeText(new Uint8Array(utf16(sentence).swap16())), sentence)
  })

  it.prop("uses the declared encoding if the bytes are not UTF-8", [Western], ([text]) => {
    const sentence = `Über ${text} für Größe`
    assert.strictEqual(decodeText(latin1(sentence), "iso-8859-1"), sentence)
  })

  it("detects Western European text", () => {
    assert.strictEqual(decodeText(latin1("## können\n\nkönnen\n\näöüß\n")), "## können\n\nkönnen\n\näöüß\n")
    assert.strictEqual(decodeText(Uint8Array.of(0x31, 0x35, 0x20, 0x80, 0x0a)), "15 €\n")
  })

  it("detects Cyrillic text", () => {
    // "Страховой полис действует один год." in Windows-1251.
    const hex = "d1f2f0e0f5eee2eee920efeeebe8f120e4e5e9f1f2e2f3e5f220eee4e8ed20e3eee42e"
    assert.strictEqual(decodeText(new Uint8Array(Buffer.from(hex, "hex"))), "Страховой полис действует один год.")
  })

  it("treats UTF-8 with a broken byte as UTF-8", () => {
    const broken = Buffer.concat([Buffer.from("Größe für müde Füße, schöne Höfe, äußere Übung "), Buffer.from([0xff])])
    assert.strictEqual(decodeText(new Uint8Array(broken)), "Größe für müde Füße, schöne Höfe, äußere Übung \ufffd")
  })

  it("reads the charset of an HTML head", () => {
    assert.strictEqual(declaredCharset(latin1("<meta charset=\"windows-1251\">")), "windows-1251")
    const old = "<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'>"
    assert.strictEqual(declaredCharset(latin1(old)), "Shift_JIS")
    assert.isUndefined(declaredCharset(latin1("<p>charset=none</p>")))
  })
})

describe("canonicalText", () => {
  it.prop("is idempotent", [Schema.String], ([text]) => {
    assert.strictEqual(canonicalText(canonicalText(text)), canonicalText(text))
  })
})
