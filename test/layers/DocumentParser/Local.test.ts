import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { DocumentParserLocal } from "../../../layers/DocumentParser/Local.ts"
import { DocumentParser } from "../../../services/DocumentParser.ts"
import { stringOf } from "../../../src/domain/text.ts"
import { makePdf } from "../../support/builders/makePdf.ts"
import { makeDocx, makeZip } from "../../support/builders/makeZip.ts"
import { failure, page, parse, requestOf } from "../../support/builders/parse.ts"

const paragraph = (text: string, properties = "") =>
  `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`

layer(DocumentParserLocal({ maxPages: 12 }))("DocumentParserLocal", (it) => {
  it.effect("has a name, and uses our job id as its own", () =>
    Effect.gen(function*() {
      const parser = yield* DocumentParser
      assert.strictEqual(parser.name, "local")
      const request = requestOf("a.txt", "words")
      assert.strictEqual(yield* parser.submit(request), `local:${request.jobId}`)
      yield* parser.cancel(`local:${request.jobId}`)
    }))

  it.effect("DocumentParserLocal keeps Markdown and text unchanged, in canonical form", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* parse("a.md", "# Title\r\n\r\n- item  \n\n"), {
        markdown: "# Title\n\n- item\n",
        pages: 0
      })
      assert.deepStrictEqual(yield* parse("a.txt", "{ \"half\": [1, 2"), { markdown: "{ \"half\": [1, 2\n", pages: 0 })
    }))

  it.effect("DocumentParserLocal reads a Word document's headings, lists and tables", () =>
    Effect.gen(function*() {
      const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`
      const body = paragraph("Cover", "<w:pStyle w:val=\"Title\"/>") + paragraph("Water damage &amp; more") +
        `<w:tbl><w:tr>${cell("Plan")}${cell("Price")}</w:tr><w:tr>${cell("Gold")}${cell("5")}</w:tr></w:tbl>`
      const styles =
        "<?xml version=\"1.0\"?><w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">" +
        "<w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/></w:style></w:styles>"
      const rels =
        "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" +
        "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" " +
        "Target=\"styles.xml\"/></Relationships>"
      const document = makeDocx(body, [
        { name: "word/styles.xml", content: styles },
        { name: "word/_rels/document.xml.rels", content: rels }
      ])
      assert.deepStrictEqual(yield* parse("a.docx", document), {
        markdown: "# Cover\n\nWater damage & more\n\n| Plan | Price |\n| --- | --- |\n| Gold | 5 |\n",
        pages: 0
      })
    }))

  it.effect("DocumentParserLocal reads a PDF's pages with headings, lists, and words split at line ends", () =>
    Effect.gen(function*() {
      const pdf = makePdf([
        [
          { text: "What is covered", x: 60, y: 740, size: 20 },
          { text: "The policy covers every dam-", x: 60, y: 700 },
          { text: "age by water, and also by fire.", x: 60, y: 686 },
          { text: "\u0095 Pipes", x: 60, y: 660 },
          { text: "\u0095 Roofs", x: 60, y: 646 }
        ],
        page("Second page.")
      ])
      assert.deepStrictEqual(yield* parse("a.pdf", pdf), {
        markdown:
          "<!-- page 1 -->\n\n# What is covered\n\nThe policy covers every damage by water, and also by fire.\n\n" +
          "- Pipes\n- Roofs\n\n<!-- page 2 -->\n\nSecond page.\n",
        pages: 2
      })
    }))

  it.effect("DocumentParserLocal reads a PDF's columns one after the other", () =>
    Effect.gen(function*() {
      const column = (name: string, x: number) =>
        Array.from(
          { length: 8 },
          (_, i) => ({ text: `This is the ${name} column and its line ${i}`, x, y: 700 - 14 * i })
        )
      const right = column("right", 320)
      const result = yield* parse(
        "a.pdf",
        makePdf([column("left", 60).flatMap((line, i) => [line, ...right.slice(i, i + 1)])])
      )
      assert.match(
        stringOf(result.markdown),
        /left column and its line 0 .*left column and its line 7\s.*right column and its line 0/s
      )
    }))

  it.effect("DocumentParserLocal reads a PDF's table as a table", () =>
    Effect.gen(function*() {
      const rows = [["Plan", "Year", "Price"], ["Gold", "1", "500"], ["Silver", "2", "300"]]
      const pdf = makePdf([
        rows.flatMap((row, i) => row.map((text, j) => ({ text, x: 60 + 120 * j, y: 700 - 16 * i })))
      ])
      const result = yield* parse("a.pdf", pdf)
      assert.include(
        result.markdown,
        "| Plan | Year | Price |\n| --- | --- | --- |\n| Gold | 1 | 500 |\n| Silver | 2 | 300 |"
      )
    }))

  it.effect("DocumentParserLocal keeps a running header once, and no page numbers", () =>
    Effect.gen(function*() {
      const pdf = makePdf(Array.from({ length: 4 }, (_, i) => [
        { text: "General terms 2026", x: 60, y: 780 },
        { text: `Chapter text ${"abcd"[i]} goes on here.`, x: 60, y: 500 },
        { text: String(i + 1), x: 300, y: 20 }
      ]))
      const markdown = stringOf((yield* parse("a.pdf", pdf)).markdown)
      assert.strictEqual(markdown.split("General terms 2026").length, 2)
      assert.notMatch(markdown, /^\d$/m)
      assert.include(markdown, "Chapter text d goes on here.")
    }))

  it.effect("DocumentParserLocal says why it cannot parse a file", () =>
    Effect.gen(function*() {
      const pdf = makePdf([page("Words")])
      const entry = (name: string) => makeZip([{ name, content: "x" }])
      assert.strictEqual(yield* failure("a.pdf", ""), "PermanentError EMPTY_FILE")
      assert.strictEqual(yield* failure("a.xlsx", entry("xl/workbook.xml")), "PermanentError PARSE_CORRUPT")
      assert.strictEqual(yield* failure("a", Buffer.from("GIF89a")), "PermanentError UNSUPPORTED_TYPE")
      assert.strictEqual(yield* failure("a.pdf", "just words"), "PermanentError TYPE_MISMATCH")
      assert.strictEqual(yield* failure("a.docx", pdf), "PermanentError TYPE_MISMATCH")
      assert.strictEqual(yield* failure("a.pdf", pdf.subarray(0, 40)), "PermanentError PARSE_CORRUPT")
      assert.strictEqual(yield* failure("a.docx", makeDocx("<w:p>").subarray(0, 900)), "PermanentError PARSE_CORRUPT")
      assert.strictEqual(yield* failure("a.docx", makeDocx("<w:p><broken")), "PermanentError PARSE_CORRUPT")
      assert.strictEqual(yield* failure("a.txt", " \n\t \n"), "PermanentError NO_TEXT")
      assert.strictEqual(yield* failure("a.html", "<script>x</script>"), "PermanentError NO_TEXT")
      assert.strictEqual(yield* failure("a.pdf", makePdf([[]])), "PermanentError NO_TEXT")
      assert.strictEqual(
        yield* failure("a.pdf", makePdf(Array.from({ length: 13 }, () => page("Words")))),
        "PermanentError TOO_MANY_PAGES"
      )
      assert.strictEqual(yield* failure("a.html", "<div>".repeat(50_000)), "PermanentError PARSE_TOO_COMPLEX")
      const secret = makeDocx("<w:p/>", [{ name: "word/secret.xml", content: "x", encrypted: true }])
      assert.strictEqual(yield* failure("a.docx", secret), "PermanentError ENCRYPTED")
    }))

  it.effect(
    "DocumentParserLocal refuses a Word document that unpacks to an enormous size, even if its "
      + "directory lies",
    () =>
      Effect.gen(function*() {
        const zeros = Buffer.alloc(5_000_000)
        const bomb = (more: object) => makeDocx("<w:p/>", [{ name: "word/media/a.bin", content: zeros, ...more }])
        assert.strictEqual(yield* failure("a.docx", bomb({})), "PermanentError EXPANSION_LIMIT")
        assert.strictEqual(yield* failure("a.docx", bomb({ claimedSize: 10 })), "PermanentError EXPANSION_LIMIT")
      })
  )

  it.effect("DocumentParserLocal resolves no entity of a Word document", () =>
    Effect.gen(function*() {
      const evil = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" +
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>" +
        "Words &e;</w:t></w:r></w:p></w:body></w:document>"
      const rels =
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r\" " +
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>" +
        "</Relationships>"
      const zip = makeZip([{ name: "_rels/.rels", content: rels }, { name: "word/document.xml", content: evil }])
      const outcome = yield* Effect.result(parse("a.docx", zip))
      assert.notInclude(JSON.stringify(outcome), "root:")
    }))
})

layer(DocumentParserLocal({ maxScans: 1 }))("DocumentParserLocal, of a scan", (it) => {
  const upright = { at: [304, 0, 0, 48, 60, 700] } as const
  // OCR takes as long as the page is large.
  const crop = [30, 670, 400, 760] as const
  const text = "The policy covers damage by water, and also by fire."

  it.effect("reads it by OCR, next to pages with text", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* parse("a.pdf", makePdf([page("Words"), [upright]], { crop })), {
        markdown: `<!-- page 1 -->\n\nWords\n\n<!-- page 2 -->\n\n${text}\n`,
        pages: 2
      })
    }), 180_000)

  it.effect.each(
    [
      { way: "sideways", at: [0, 304, -48, 0, 300, 300], crop: [220, 270, 330, 640] },
      { way: "upside down", at: [-304, 0, 0, -48, 400, 700], crop: [70, 620, 430, 730] }
    ] as const
  )("reads it $way", ({ at, crop }) =>
    Effect.gen(function*() {
      assert.include((yield* parse("a.pdf", makePdf([[{ at }]], { crop }))).markdown, text)
    }), 180_000)

  it.effect("reports that it is illegible or broken", () =>
    Effect.gen(function*() {
      const none = yield* Effect.flip(
        parse("a.pdf", makePdf([[{ at: [60, 0, 0, 160, 60, 600] }]], { crop: [30, 570, 150, 790] }))
      )
      assert.strictEqual(none.code, "NO_TEXT")
      assert.include(none.message, "OCR (eng) found no legible text")
      assert.strictEqual(
        yield* failure("a.pdf", makePdf([[{ ...upright, broken: true }]], { crop })),
        "PermanentError NO_TEXT"
      )
    }), 180_000)

  it.effect(
    "refuses more scanned pages than the limit, or names the skipped ones if other pages have text",
    () =>
      Effect.gen(function*() {
        assert.strictEqual(
          yield* failure("a.pdf", makePdf([[upright], [upright]], { crop })),
          "PermanentError PARSE_TOO_COMPLEX"
        )
        assert.deepStrictEqual(yield* parse("a.pdf", makePdf([[upright], page("Words"), [upright]], { crop })), {
          markdown: `<!-- page 1 -->\n\n${text}\n\n<!-- page 2 -->\n\nWords\n\n<!-- page 3 -->\n`,
          pages: 3,
          leftOut: [{ kind: "page", page: 3, count: 1, detail: "It is beyond the limit of pages for OCR." }]
        })
      }),
    180_000
  )
})
