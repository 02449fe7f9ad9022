/** Office documents made to exhaust their reader. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DocumentParserLocal } from "../../../../../layers/DocumentParser/Local.ts"
import { makeDocx, makeZip } from "../../../../support/builders/makeZip.ts"
import { failure, parse } from "../../../../support/builders/parse.ts"
import { line, row } from "../../../../support/builders/word.ts"

const mains = { "a.docx": "word/document.xml", "a.xlsx": "xl/workbook.xml", "a.pptx": "ppt/presentation.xml" }
const each = Object.entries(mains)
// One parser for all, so that its threads load their modules once.
layer(Layer.fresh(DocumentParserLocal()), { excludeTestServices: true })("a hostile Office document", (it) => {
  for (const [name, main] of each) {
    it.effect(`ends in a typed error, and the next one is parsed: ${name}`, () =>
      Effect.gen(function*() {
        const bomb = makeZip([{ name: main, content: "<w/>" }, {
          name: "media/a.bin",
          content: new Uint8Array(20_000_000)
        }])
        assert.strictEqual(yield* failure(name, bomb), "PermanentError EXPANSION_LIMIT")
        const deep = makeZip([{ name: main, content: "<a>".repeat(200_000) }])
        assert.strictEqual(yield* failure(name, deep), "PermanentError EXPANSION_LIMIT")
        const nested = makeZip([{
          name: main,
          content: Array.from({ length: 60_000 }, (_, i) => `<a b="${i * 7919}">`).join("")
        }])
        assert.match(yield* failure(name, nested), /PARSE_TOO_COMPLEX|PARSE_CORRUPT/)
        assert.strictEqual((yield* parse("b.docx", makeDocx(line("Words")))).markdown, "Words\n")
      }), 180_000)
  }

  it.effect("expands no entity of its own", () =>
    Effect.gen(function*() {
      const laughs = Array.from({ length: 30 }, (_, i) => `<!ENTITY l${i + 1} "&l${i};&l${i};">`).join("")
      const content =
        `<!DOCTYPE w [<!ENTITY l0 "ha">${laughs}]><w:document><w:body><w:p><w:r><w:t>Words &l30;</w:t></w:r></w:p></w:body></w:document>`
      const parsed = yield* parse("a.docx", makeZip([{ name: "word/document.xml", content }]))
      assert.strictEqual(parsed.markdown, "Words &l30;\n")
    }))

  it.effect("may have tables in tables as deep as it likes", () =>
    Effect.gen(function*() {
      const depth = 20_000
      const body = Array.from({ length: depth }, (_, i) => `<w:tbl>${row("")}<w:tr><w:tc>${line(String(i * 7919))}`)
        .join("")
      const ends = "</w:tc></w:tr></w:tbl>".repeat(depth)
      assert.match(yield* failure("a.docx", makeDocx(body + ends)), /PARSE_TOO_COMPLEX|EXPANSION_LIMIT/)
    }), 180_000)
})
