import { assert, describe, it, layer } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { DocumentParserLocal, type DocumentParserLocalOptions } from "../../../layers/DocumentParser/Local.ts"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { DocumentId, JobId, localUserId, UserId } from "../../../src/domain/Ids.ts"
import { stringOf } from "../../../src/domain/text.ts"
import { makePdf } from "../../support/builders/makePdf.ts"
import { makeDocx, makeZip } from "../../support/builders/makeZip.ts"
import { DocumentParserMemory } from "../../twins/DocumentParserMemory.ts"

const requestOf = (filename: string, content: string | Uint8Array) => {
  const bytes = new Uint8Array(Buffer.from(content))
  return {
    jobId: JobId.make(randomUUID()),
    documentId: DocumentId.make("8f0a4d9e-64d7-4b4b-8c0b-6d5f0f6f8a22"),
    userId: localUserId,
    filename,
    mediaType: "application/octet-stream",
    bytes: bytes.length,
    content: Stream.make(bytes.subarray(0, 7), bytes.subarray(7))
  }
}

const parse = Effect.fnUntraced(function*(
  filename: string,
  content: string | Uint8Array,
  more: Partial<ParseRequest> = {}
) {
  const parser = yield* DocumentParser
  const request = { ...requestOf(filename, content), ...more }
  return yield* parser.result(yield* parser.submit(request), request)
})

const failure = (filename: string, content: string | Uint8Array) =>
  Effect.map(Effect.flip(parse(filename, content)), ({ _tag, code }) => `${_tag} ${code}`)

const page = (...lines: ReadonlyArray<string>) => lines.map((text, i) => ({ text, x: 60, y: 740 - 14 * i }))

const paragraph = (text: string, properties = "") =>
  `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`

layer(DocumentParserLocal({ maxPages: 12 }))("DocumentParserLocal", (it) => {
  it.effect("names itself, and its job after ours", () =>
    Effect.gen(function*() {
      const parser = yield* DocumentParser
      assert.strictEqual(parser.name, "local")
      const request = requestOf("a.txt", "words")
      assert.strictEqual(yield* parser.submit(request), `local:${request.jobId}`)
      yield* parser.cancel(`local:${request.jobId}`)
    }))

  it.effect("keeps Markdown and text as they are, in canonical form", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* parse("a.md", "# Title\r\n\r\n- item  \n\n"), {
        markdown: "# Title\n\n- item\n",
        pages: 0
      })
      assert.deepStrictEqual(yield* parse("a.txt", "{ \"half\": [1, 2"), { markdown: "{ \"half\": [1, 2\n", pages: 0 })
    }))

  it.effect("reads a Word document's headings, lists and tables", () =>
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

  it.effect("reads a PDF's pages with headings, lists, and words that a line end cut", () =>
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

  it.effect("reads a PDF's columns one after the other", () =>
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
        stringOf(result?.markdown),
        /left column and its line 0 .*left column and its line 7\s.*right column and its line 0/s
      )
    }))

  it.effect("reads a PDF's table as a table", () =>
    Effect.gen(function*() {
      const rows = [["Plan", "Year", "Price"], ["Gold", "1", "500"], ["Silver", "2", "300"]]
      const pdf = makePdf([
        rows.flatMap((row, i) => row.map((text, j) => ({ text, x: 60 + 120 * j, y: 700 - 16 * i })))
      ])
      const result = yield* parse("a.pdf", pdf)
      assert.include(
        result?.markdown,
        "| Plan | Year | Price |\n| --- | --- | --- |\n| Gold | 1 | 500 |\n| Silver | 2 | 300 |"
      )
    }))

  it.effect("says a running head once, and no page numbers", () =>
    Effect.gen(function*() {
      const pdf = makePdf(Array.from({ length: 4 }, (_, i) => [
        { text: "General terms 2026", x: 60, y: 780 },
        { text: `Chapter text ${"abcd"[i]} goes on here.`, x: 60, y: 500 },
        { text: String(i + 1), x: 300, y: 20 }
      ]))
      const markdown = stringOf((yield* parse("a.pdf", pdf))?.markdown)
      assert.strictEqual(markdown.split("General terms 2026").length, 2)
      assert.notMatch(markdown, /^\d$/m)
      assert.include(markdown, "Chapter text d goes on here.")
    }))

  it.effect("says what is wrong with a file that it cannot parse", () =>
    Effect.gen(function*() {
      const pdf = makePdf([page("Words")])
      const entry = (name: string) => makeZip([{ name, content: "x" }])
      assert.strictEqual(yield* failure("a.pdf", ""), "PermanentError EMPTY_FILE")
      assert.strictEqual(yield* failure("a.xlsx", entry("xl/workbook.xml")), "PermanentError UNSUPPORTED_TYPE")
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

  it.effect("refuses a Word document that unpacks without measure, even where its directory lies", () =>
    Effect.gen(function*() {
      const zeros = Buffer.alloc(5_000_000)
      const bomb = (more: object) => makeDocx("<w:p/>", [{ name: "word/media/a.bin", content: zeros, ...more }])
      assert.strictEqual(yield* failure("a.docx", bomb({})), "PermanentError EXPANSION_LIMIT")
      assert.strictEqual(yield* failure("a.docx", bomb({ claimedSize: 10 })), "PermanentError EXPANSION_LIMIT")
    }))

  it.effect("resolves no entity of a Word document", () =>
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
  const text = "The policy covers damage by water, and also by fire."

  it.effect("reads it by OCR, beside pages that are text", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* parse("a.pdf", makePdf([page("Words"), [upright]])), {
        markdown: `<!-- page 1 -->\n\nWords\n\n<!-- page 2 -->\n\n${text}\n`,
        pages: 2
      })
    }), 60_000)

  it.effect.each(
    [
      { way: "sideways", at: [0, 304, -48, 0, 300, 300] },
      { way: "upside down", at: [-304, 0, 0, -48, 400, 700] }
    ] as const
  )("reads it $way", ({ at }) =>
    Effect.gen(function*() {
      assert.include((yield* parse("a.pdf", makePdf([[{ at }]])))?.markdown, text)
    }), 60_000)

  it.effect("says that it is illegible or broken", () =>
    Effect.gen(function*() {
      const none = yield* Effect.flip(parse("a.pdf", makePdf([[{ at: [60, 0, 0, 160, 60, 600] }]])))
      assert.strictEqual(none.code, "NO_TEXT")
      assert.include(none.message, "OCR (eng) found no legible text")
      assert.strictEqual(yield* failure("a.pdf", makePdf([[{ ...upright, broken: true }]])), "PermanentError NO_TEXT")
    }), 60_000)

  it.effect(
    "refuses more pages of it than the limit, or says which it left out where others have text",
    () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* failure("a.pdf", makePdf([[upright], [upright]])), "PermanentError PARSE_TOO_COMPLEX")
        assert.deepStrictEqual(yield* parse("a.pdf", makePdf([[upright], page("Words"), [upright]])), {
          markdown:
            `<!-- page 1 -->\n\n${text}\n\n<!-- page 2 -->\n\nWords\n\n<!-- page 3 -->\n\n<!-- not parsed -->\n`,
          pages: 3
        })
      }),
    60_000
  )
})

describe("a parse that takes too long", () => {
  const slow = `<p>${"<b>word</b> and <i>more</i> ".repeat(200_000)}`

  it.effect("ends at its time limit, and the next document is parsed", () =>
    Effect.gen(function*() {
      const tick = Effect.andThen(TestClock.adjust("1 second"), Effect.yieldNow)
      const outcome = yield* Effect.raceFirst(failure("slow.html", slow), Effect.forever(tick))
      assert.strictEqual(outcome, "PermanentError PARSE_TOO_COMPLEX")
      assert.deepStrictEqual(yield* parse("a.txt", "words"), { markdown: "words\n", pages: 0 })
    }).pipe(Effect.provide(DocumentParserLocal({ limit: Duration.seconds(3) }))), 30_000)

  it.effect("ends when nobody waits for it any more", () =>
    Effect.gen(function*() {
      const stuck = yield* Effect.forkChild(parse("slow.html", slow))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(stuck)
      assert.deepStrictEqual(yield* parse("a.txt", "words"), { markdown: "words\n", pages: 0 })
    }).pipe(Effect.provide(DocumentParserLocal())), 30_000)
})

describe("long documents beside short ones", () => {
  const scan = (pages: number) =>
    makePdf(Array.from({ length: pages }, () => [{ at: [304, 0, 0, 48, 60, 700] as const }]))
  const markup = "<h1>News</h1><p>Short and to the point.</p>"
  const other = UserId.make("00000000-0000-4000-8000-000000000002")
  const local = <A, E>(effect: Effect.Effect<A, E, DocumentParser>, options: DocumentParserLocalOptions = {}) =>
    Effect.provide(effect, Layer.fresh(DocumentParserLocal(options)))

  it.live(
    "do not hold them up: markup is parsed while two scans of another user still are",
    () =>
      Effect.gen(function*() {
        const scans = [
          yield* Effect.forkChild(parse("a.pdf", scan(12))),
          yield* Effect.forkChild(parse("b.pdf", scan(12)))
        ]
        yield* Effect.sleep("500 millis")
        const parsed = yield* parse("c.html", markup, { userId: other })
        assert.deepStrictEqual(parsed, { markdown: "# News\n\nShort and to the point.\n", pages: 0 })
        for (const each of scans) assert.isUndefined(each.pollUnsafe())
      }).pipe(local),
    60_000
  )

  it.live(
    "are sent back to the queue where too many wait already, and have their turn when they come again",
    () =>
      Effect.gen(function*() {
        const first = yield* Effect.forkChild(parse("a.pdf", scan(4)))
        const again = { jobId: JobId.make(randomUUID()) }
        yield* Effect.sleep("500 millis")
        assert.isUndefined(yield* parse("b.pdf", scan(1), again))
        yield* Fiber.join(first)
        assert.strictEqual((yield* parse("b.pdf", scan(1), again))?.pages, 1)
      }).pipe((test) => local(test, { waiting: { ofOneUser: 0, ofAll: 0 } })),
    60_000
  )

  it.effect("have all their time from when their work begins, however long they waited", () =>
    Effect.gen(function*() {
      const page = new TextEncoder().encode(`<p>${"words ".repeat(40_000)}`)
      const content = Stream.concat(Stream.fromEffectDrain(TestClock.adjust("100 seconds")), Stream.make(page))
      const parsed = yield* Effect.forEach(
        ["a.html", "b.html", "c.html"],
        (name) => parse(name, page, { content }),
        { concurrency: 3 }
      )
      assert.isTrue(parsed.every((each) => stringOf(each?.markdown).startsWith("words words")))
    }).pipe((test) => local(test, { limit: "120 seconds", short: "1 hour" })), 60_000)

  it.live("come back as UTF-8 where their text is long", () =>
    Effect.gen(function*() {
      const words = "Wörter ".repeat(1_300_000)
      const parsed = yield* parse("long.txt", words)
      assert.instanceOf(parsed?.markdown, Uint8Array)
      assert.isTrue(stringOf(parsed?.markdown) === `${words.trimEnd()}\n`)
    }).pipe(local), 60_000)

  it.live("leave the short ones' place after a moment, with what they have done so far", () =>
    Effect.gen(function*() {
      const slow = yield* Effect.forkChild(parse("slow.html", `<p>${"<b>word</b> and <i>more</i> ".repeat(100_000)}`))
      yield* Effect.sleep("100 millis")
      yield* parse("c.html", markup, { userId: other })
      assert.isUndefined(slow.pollUnsafe())
      assert.isDefined(yield* Fiber.join(slow))
    }).pipe((test) => local(test, { short: "200 millis" })), 60_000)
})

describe("a parse that takes too much memory", () => {
  it.effect("ends in an error, and the next document is parsed", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* failure("a.html", "<p>a<b>b</b>".repeat(400_000)), "PermanentError PARSE_TOO_COMPLEX")
      assert.deepStrictEqual(yield* parse("a.txt", "words"), { markdown: "words\n", pages: 0 })
    }).pipe(Effect.provide(DocumentParserLocal({ memoryMb: 64 }))), 30_000)

  it.live(
    "ends too where the memory is not JavaScript's: a PDF that unpacks without measure",
    () =>
      Effect.gen(function*() {
        const bomb = makePdf([page("Words")], 200_000_000)
        assert.strictEqual(yield* failure("a.pdf", bomb), "PermanentError PARSE_TOO_COMPLEX")
      }).pipe(Effect.provide(DocumentParserLocal({ memoryMb: 64 }))),
    30_000
  )
})

describe("DocumentParserMemory", () => {
  it.effect("answers the document's own text", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* parse("a.md", "# Grüße\r\n"), { markdown: "# Grüße\n", pages: 0 })
      assert.strictEqual(yield* failure("a.md", "  \n"), "PermanentError NO_TEXT")
    }).pipe(Effect.provide(DocumentParserMemory)))
})
