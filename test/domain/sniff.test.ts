import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { contradicts, docx, mediaTypes } from "../../src/domain/mediaType.ts"
import { sniff } from "../../src/domain/sniff.ts"
import { utf16WithoutMark } from "../../src/domain/textEncoding.ts"
import { makeDocx, makeZip } from "../support/builders/makeZip.ts"

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const wide = (text: string, order: "le" | "be") => {
  const little = Buffer.from(text, "utf16le")
  return new Uint8Array(order === "le" ? little : little.swap16())
}
const ole = (stream: string) => new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...wide(stream, "le")])
const Bytes = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))

describe("sniff", () => {
  it("detects documents by their bytes, regardless of their names", () => {
    assert.strictEqual(sniff(bytes("%PDF-1.7\n"), "letter.txt"), "application/pdf")
    assert.strictEqual(sniff(bytes("junk before\n%PDF-1.7\n"), "scan"), "application/pdf")
    assert.strictEqual(sniff(makeDocx("<w:p/>"), "letter.zip"), docx)
    assert.strictEqual(sniff(bytes("{\\rtf1 text}"), "letter.doc"), "application/rtf")
  })

  it("distinguishes kinds of ZIP by their entries", () => {
    const zip = (...names: ReadonlyArray<string>) => makeZip(names.map((name) => ({ name, content: "x" })))
    assert.include(sniff(zip("xl/workbook.xml"), "a.zip"), "spreadsheetml")
    assert.include(sniff(zip("ppt/presentation.xml"), "a.zip"), "presentationml")
    assert.strictEqual(sniff(zip("holiday.txt"), "a.docx"), "application/zip")
    assert.strictEqual(sniff(bytes("PK\u0005\u0006").slice(), "a.zip"), "application/zip")
  })

  it("is not misled by a document inside the document", () => {
    const both = makeZip(["xl/workbook.xml", "ppt/presentation.xml"].map((name) => ({ name, content: "x" })))
    assert.include(sniff(both, "a.pptx"), "presentationml")
    assert.include(sniff(both, "a.xlsx"), "spreadsheetml")
  })

  it("detects mails and saved pages by name or by their head", () => {
    assert.strictEqual(sniff(bytes("Subject: a\n\nb"), "a.eml"), "message/rfc822")
    assert.strictEqual(sniff(bytes("Received: from b\r\nSubject: a\r\n\r\nb"), "a"), "message/rfc822")
    assert.strictEqual(
      sniff(bytes("From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n"), "a"),
      "multipart/related"
    )
    assert.strictEqual(sniff(bytes("Note: the crane\nFrom: me"), "a"), "text/plain")
  })

  it("detects a Word document by its first kilobyte", () => {
    assert.strictEqual(sniff(makeDocx("<w:p/>").subarray(0, 900), "letter.docx"), docx)
  })

  it("distinguishes encrypted Office files from old ones", () => {
    assert.strictEqual(sniff(ole("EncryptedPackage"), "a.docx"), "application/x-encrypted-office")
    assert.strictEqual(sniff(ole("WordDocument"), "a.doc"), "application/msword")
    assert.strictEqual(sniff(ole("Workbook"), "a.xls"), "application/vnd.ms-excel")
  })

  it("uses the name only to choose between kinds of text", () => {
    assert.strictEqual(sniff(bytes("# Title"), "a.md"), "text/markdown")
    assert.strictEqual(sniff(bytes("# Title"), "a"), "text/plain")
    assert.strictEqual(sniff(bytes("<!-- saved -->\n<!DOCTYPE html><p>x"), "a"), "text/html")
    assert.strictEqual(sniff(bytes("<html>"), "a.txt"), "text/plain")
    assert.strictEqual(sniff(bytes("%PDF- is how a PDF starts").subarray(1), "a.txt"), "text/plain")
  })

  it("detects text in any encoding", () => {
    assert.strictEqual(sniff(bytes("k\u00f6nnen"), "a.md"), "text/markdown")
    assert.strictEqual(sniff(wide("A plain sentence.", "le"), "a.txt"), "text/plain")
    assert.strictEqual(sniff(wide("A plain sentence.", "be"), "a.txt"), "text/plain")
    assert.strictEqual(sniff(bytes("\u00ff\u00fe\u0041\u0000"), "a.txt"), "text/plain")
  })

  it("detects files that are not documents", () => {
    assert.strictEqual(sniff(new Uint8Array(), "a.pdf"), "application/x-empty")
    assert.strictEqual(sniff(bytes("MZ\u0090\u0000\u0003"), "a.pdf"), "application/x-executable")
    assert.strictEqual(sniff(bytes("\u0089PNG\r\n\u001a\n"), "a.pdf"), "image/png")
    assert.strictEqual(sniff(bytes("GIF89a"), "a.pdf"), "image/*")
    assert.strictEqual(sniff(bytes("\u001f\u008b\u0008"), "a.txt"), "application/x-archive")
    assert.strictEqual(sniff(bytes("\u0001\u0002\u0003\u0000\u0004\u0005"), "a.txt"), "application/octet-stream")
  })

  it.prop("returns a known type for any bytes and any name", [Bytes, Schema.String], ([content, name]) => {
    assert.property(mediaTypes, sniff(Uint8Array.from(content), name))
  })

  it.prop("never throws on a truncated or altered document", [
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 900 })),
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
  ], ([at, value]) => {
    const whole = makeDocx("<w:p/>")
    assert.property(mediaTypes, sniff(whole.subarray(0, at), "a.docx"))
    whole[at] = value
    assert.property(mediaTypes, sniff(whole, "a.docx"))
  })
})

describe("contradicts", () => {
  it("contradicts compares a name with the bytes", () => {
    assert.isTrue(contradicts("a.pdf", "application/x-executable"))
    assert.isTrue(contradicts("a.pdf", "text/html"))
    assert.isTrue(contradicts("a.docx", "application/zip"))
    assert.isFalse(contradicts("a.pdf", "application/pdf"))
  })

  it("contradicts says nothing about unknown names and between kinds of text", () => {
    assert.isFalse(contradicts("README", "application/pdf"))
    assert.isFalse(contradicts("a.md", "text/html"))
    assert.isFalse(contradicts("a.docx", "application/vnd.openxmlformats-officedocument"))
    assert.isFalse(contradicts("a.xls", "application/x-ole-storage"))
  })
})

describe("utf16WithoutMark", () => {
  it("finds the byte order of text in any script with spaces", () => {
    for (const text of ["Plain words.", "Простые слова.", "كلمات بسيطة", "平易な 言葉。"]) {
      assert.strictEqual(utf16WithoutMark(wide(text, "le")), "utf-16le")
      assert.strictEqual(utf16WithoutMark(wide(text, "be")), "utf-16be")
    }
  })

  it("finds no byte order in other text", () => {
    assert.isUndefined(utf16WithoutMark(bytes("Plain words. ")))
    assert.isUndefined(utf16WithoutMark(new Uint8Array(Buffer.from("平易な 言葉"))))
  })
})
