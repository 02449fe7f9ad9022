import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { readFile } from "node:fs/promises"
import { parseDocument } from "../../../layers/DocumentParser/local/parseDocument.ts"
import { InventoryThread } from "../../../layers/Inventory/Thread.ts"
import { Inventory } from "../../../services/Inventory.ts"
import { docx } from "../../../src/domain/mediaType.ts"

const examples = new URL("../../../examples/documents/", import.meta.url)

const read = Effect.fnUntraced(function*(filename: string) {
  const bytes = new Uint8Array(yield* Effect.promise(() => readFile(new URL(filename, examples))))
  const task = { bytes: bytes.slice(), filename, limits: { maxPages: 100, maxScans: 5 }, languages: ["eng"] }
  const { markdown } = yield* Effect.promise(() => parseDocument(task, () => {}))
  return { bytes, markdown }
})

const compare = Effect.fnUntraced(function*(mediaType: string, bytes: Uint8Array, markdown: string) {
  const source = { mediaType, content: Stream.make(bytes) }
  return yield* (yield* Inventory).compare(source, Stream.make(new TextEncoder().encode(markdown)))
})

const kinds = Effect.fnUntraced(function*(mediaType: string, bytes: Uint8Array, markdown: string) {
  const comparison = yield* compare(mediaType, bytes, markdown)
  assert(comparison._tag === "Compared")
  return [...new Set(comparison.omissions.map(({ kind, page }) => `${kind} ${page}`))]
})

const mail = [
  "Subject: Claim",
  "Content-Type: multipart/mixed; boundary=\"B\"",
  "",
  "--B",
  "Content-Type: application/pdf; name=\"a.pdf\"",
  "Content-Disposition: attachment",
  "",
  "%PDF-1.7",
  "--B",
  "Content-Type: image/png; name=\"logo.png\"",
  "Content-Disposition: inline",
  "Content-Id: <logo>",
  "",
  "PNG",
  "--B--"
].join("\r\n")

layer(InventoryThread)("an inventory", (it) => {
  it.effect("an inventory of a mail has its attached files", () =>
    Effect.gen(function*() {
      const inventory = yield* Inventory
      const content = Stream.make(new TextEncoder().encode(mail))
      const attached = yield* inventory.attachments({ mediaType: "message/rfc822", content }, 1)
      assert(attached._tag === "Attached")
      assert.deepStrictEqual(
        attached.files.map(({ content, name }) => `${name} ${String(Buffer.from(content)).trim()}`),
        [
          "a.pdf %PDF-1.7"
        ]
      )
      assert.strictEqual(attached.more, 1)
    }))

  it.effect("an inventory of a PDF blames no parser that drops nothing, and names a page that one drops", () =>
    Effect.gen(function*() {
      const { bytes, markdown } = yield* read("home-policy.pdf")
      assert.deepStrictEqual(yield* kinds("application/pdf", bytes, markdown), [])
      const second = markdown.indexOf("<!-- page 2 -->")
      const third = markdown.indexOf("<!-- page 3 -->")
      const without = markdown.slice(0, second) + (third === -1 ? "" : markdown.slice(third))
      assert.deepStrictEqual(yield* kinds("application/pdf", bytes, without), ["page 2"])
    }))

  it.effect("an inventory of a DOCX finds a paragraph that is missing", () =>
    Effect.gen(function*() {
      const { bytes, markdown } = yield* read("claims-guide.docx")
      assert.deepStrictEqual(yield* kinds(docx, bytes, markdown), [])
      const lines = markdown.split("\n")
      const longest = lines.reduce((one, other) => other.length > one.length ? other : one)
      assert.deepStrictEqual(yield* kinds(docx, bytes, lines.filter((line) => line !== longest).join("\n")), [
        "lines 0"
      ])
    }))

  it.effect("a source that is damaged is unknown with the reason, and the next one is compared", () =>
    Effect.gen(function*() {
      const broken = new TextEncoder().encode("%PDF-1.7\nnothing")
      assert.deepStrictEqual(yield* compare("application/pdf", broken, "text"), {
        _tag: "Unknown",
        reason: "The PDF is damaged: it has no readable page tree."
      })
      const { bytes, markdown } = yield* read("home-policy.pdf")
      assert.deepStrictEqual(yield* kinds("application/pdf", bytes, markdown), [])
    }))
})
