import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DocumentParserLocal } from "../../../../../layers/DocumentParser/Local.ts"
import { makeDocx } from "../../../../support/builders/makeZip.ts"
import { parse } from "../../../../support/builders/parse.ts"
import { line } from "../../../../support/builders/word.ts"

const mail = (head: ReadonlyArray<string>, ...body: ReadonlyArray<string>) =>
  [...head, "MIME-Version: 1.0", ...body].join("\r\n")
const base64 = (content: string | Uint8Array) => Buffer.from(content).toString("base64")
const part = (head: ReadonlyArray<string>, content: string) => ["--B", ...head, "", content].join("\r\n")
const attached = (name: string, content: string | Uint8Array) =>
  part([
    `Content-Type: application/octet-stream; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    "Content-Transfer-Encoding: base64"
  ], base64(content))
const mixed = (...parts: ReadonlyArray<string>) =>
  mail(
    [
      "From: =?UTF-8?B?SsO8cmdlbg==?= <j@example.org>",
      "To: claims@example.org",
      "Subject: =?UTF-8?Q?Schaden_=E2=80=93_Nachtrag?="
    ],
    "Content-Type: multipart/mixed; boundary=\"B\"",
    "",
    part(
      ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64"],
      base64("Der Kran stand still.")
    ),
    ...parts,
    "--B--"
  )
// One for all, so that its threads load their modules once.
const local = Layer.fresh(DocumentParserLocal())

layer(local, { excludeTestServices: true })("a mail", (it) => {
  const files = mixed(
    attached("terms.docx", makeDocx(line("Rent is 310 crowns."))),
    attached("list.csv", "no,name\n1,Ibis"),
    attached("a.zip", "PK\u0003\u0004rest")
  )
  const own = "# Schaden – Nachtrag\n\nFrom: Jürgen <j@example.org>\nTo: claims@example.org\n"
    + "Attachments: terms.docx, list.csv, a.zip\n\nDer Kran stand still.\n"

  it.effect("is read with its heads, the names of its attachments and its body", () =>
    Effect.gen(function*() {
      const parsed = yield* parse("a.eml", files)
      assert.strictEqual(parsed.markdown, own)
      assert.isUndefined(parsed.leftOut)
    }))

  it.effect("is previewed with its invitation, whose lines are whole", () =>
    Effect.gen(function*() {
      const invitation = part(
        ["Content-Type: text/calendar; method=REQUEST"],
        "BEGIN:VCALENDAR\r\nSUMMARY:Survey of the hu\r\n ll\\, pier 4\r\nEND:VCALENDAR"
      )
      const { markdown } = yield* parse("a.eml", mixed(invitation), { withAttachments: true })
      assert.include(markdown, "Attachments: attachment 1.ics")
      assert.include(markdown, "SUMMARY:Survey of the hull, pier 4")
    }))

  it.effect("is previewed with the text of the attachments that can be read", () =>
    Effect.gen(function*() {
      const parsed = yield* parse("a.eml", files, { withAttachments: true })
      assert.strictEqual(
        parsed.markdown,
        `${own}\nRent is 310 crowns.\n\n| no | name |\n| --- | --- |\n| 1 | Ibis |\n`
      )
    }))

  it.effect("is read as its page if it was written as one", () =>
    Effect.gen(function*() {
      const text = mail(
        ["Subject: Tides"],
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "<p>High a=\r\nt 06:40 =E2=80=93 beware"
      )
      assert.strictEqual((yield* parse("a.eml", text)).markdown, "# Tides\n\nHigh at 06:40 – beware\n")
    }))

  it.effect("is read if it was saved as UTF-16", () =>
    Effect.gen(function*() {
      const text = mail(["Subject: Tides"], "", "High at 06:40")
      for (const bytes of [Buffer.from(`\ufeff${text}`, "utf16le"), Buffer.from(text, "utf16le").swap16()]) {
        assert.strictEqual((yield* parse("a.eml", bytes)).markdown, "# Tides\n\nHigh at 06:40\n")
      }
    }))

  it.effect("ends at mails in mails in mails", () =>
    Effect.gen(function*() {
      let text = mail(["Subject: innermost"], "", "words")
      for (let depth = 0; depth < 12; depth++) {
        text = mixed(
          part(["Content-Type: message/rfc822", "Content-Disposition: attachment; filename=\"a.eml\""], text)
        )
      }
      assert.include((yield* parse("a.eml", text, { withAttachments: true })).markdown, "Der Kran stand still.")
    }))
})

layer(local, { excludeTestServices: true })("a saved web page", (it) => {
  it.effect("is read as its page", () =>
    Effect.gen(function*() {
      const text = mail(
        ["From: <Saved by Blink>"],
        "Content-Type: multipart/related; type=\"text/html\"; boundary=\"B\"",
        "",
        part(["Content-Type: text/html"], "<h1>Tides</h1>"),
        part(["Content-Type: image/png", "Content-Transfer-Encoding: base64"], "iVBORw0K"),
        "--B--"
      )
      assert.strictEqual((yield* parse("a.mht", text)).markdown, "# Tides\n")
    }))
})
