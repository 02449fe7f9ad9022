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
    assert.strictEqual(decodeText(latin1(sentence), () => "iso-8859-1"), sentence)
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

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex")
/** Bytes between plain English sentences, as most documents with a foreign name have them. */
const amongEnglish = (bytes: Buffer) => {
  const prose = Buffer.from("The crane was built in 1999 by a firm in the harbour.\n".repeat(60))
  return new Uint8Array(Buffer.concat([prose, Buffer.from("It is called "), bytes, Buffer.from(" by all.\n"), prose]))
}

describe("a few foreign words among English ones", () => {
  const words: ReadonlyArray<readonly [encoding: string, bytes: string, text: string]> = [
    ["GBK", "baa3b8dbc6f0d6d8bbfa", "海港起重机"],
    ["GBK", "b1a3cfd5", "保险"],
    ["Shift_JIS", "938c8b9e", "東京"],
    ["Shift_JIS", "8d6082cc834e838c815b8393", "港のクレーン"],
    ["EUC-JP", "b9c1a4cea5afa5eca1bca5f3", "港のクレーン"],
    ["EUC-KR", "baceb5ce20c5a9b7b9c0ce", "부두 크레인"],
    ["Big5", "b4e4a466b05fadabbef7", "港口起重機"],
    ["Windows-1251", "c4eee3eee2eef0", "Договор"],
    ["KOI8-R", "e4cfc7cfd7cfd2", "Договор"],
    ["Windows-1250", "5a61bff3b3e6", "Zażółć"],
    ["Windows-1252", "4dfc6c6c6572", "Müller"],
    ["Windows-1252", "936361666594", "\u201ccafe\u201d"],
    ["Mac OS Roman", "6361668e", "café"],
    ["DOS Cyrillic", "84aea3aea2aee0", "Договор"]
  ]
  for (const [encoding, bytes, text] of words) {
    it(`are read in ${encoding}: ${text}`, () => {
      const decoded = decodeText(amongEnglish(hex(bytes)))
      assert.include(decoded, `It is called ${text} by all.`)
    })
  }

  it("are read in UTF-8 in spite of a terminal's colours", () => {
    assert.include(decodeText(new Uint8Array(Buffer.from("\u001b[32mcafé\u001b[0m"))), "café")
  })

  it("are read as they are if the page declares another encoding", () => {
    const page = amongEnglish(hex("938c8b9e"))
    assert.include(decodeText(page, () => "iso-8859-1"), "東京")
    const western = amongEnglish(hex("4dfc6c6c6572"))
    for (const declared of ["utf-16", "utf-8", "gb2312", "no-such-charset"]) {
      assert.include(decodeText(western, () => declared), "Müller", declared)
    }
  })

  it("are read in the encoding that a page declares behind a long style sheet", () => {
    const page = `<html><head><style>${".a{color:red}".repeat(5000)}</style><meta charset="windows-1251"></head>`
    assert.strictEqual(declaredCharset(latin1(page)), "windows-1251")
  })
})

describe("canonicalText", () => {
  it.prop("is idempotent", [Schema.String], ([text]) => {
    assert.strictEqual(canonicalText(canonicalText(text)), canonicalText(text))
  })

  it("parts words at vertical tabs and at separators of records, and joins none", () => {
    assert.strictEqual(canonicalText("failed\u000bon\u2028Monday"), "failed\non\nMonday\n")
    assert.strictEqual(canonicalText("one\u001ffield\u001eAB\u001d7"), "one field AB 7\n")
  })

  it("drops a terminal's colours, cursors and titles", () => {
    assert.strictEqual(canonicalText("\u001b[31;1mfailed\u001b[0m"), "failed\n")
    assert.strictEqual(canonicalText("\u001b]0;title\u0007\u001b[2K\u001b[1A\u001b(Bdone"), "done\n")
    assert.strictEqual(canonicalText("\u001b[38;5;196mred\u001b[m"), "red\n")
  })

  it("makes bold by overstriking say each letter once", () => {
    assert.strictEqual(canonicalText("N\bNA\bAM\bME\bE"), "NAME\n")
  })

  it("joins words that were cut by soft hyphens, zero-width signs and ligatures", () => {
    assert.strictEqual(
      canonicalText("Haft\u00adpflicht Post\u200bleit\u2060zahl o\ufb03ce"),
      "Haftpflicht Postleitzahl office\n"
    )
  })

  it("keeps the joiners of scripts that write with them", () => {
    assert.strictEqual(canonicalText("می\u200cخواهم"), "می\u200cخواهم\n")
  })
})
