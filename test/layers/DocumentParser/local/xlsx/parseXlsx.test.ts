import { assert, describe, it } from "@effect/vitest"
import { openWorkbook, parseXlsx } from "../../../../../layers/DocumentParser/local/xlsx/parseXlsx.ts"
import { makeZip } from "../../../../support/builders/makeZip.ts"

const relations = (...targets: ReadonlyArray<readonly [type: string, target: string]>) =>
  `<Relationships>${
    targets.map(([type, target], i) => `<Relationship Id="r${i}" Type="x/${type}" Target="${target}"/>`).join("")
  }</Relationships>`

/** `sheets`: the content of `sheetData` and what follows it. */
const parse = (
  sheets: ReadonlyArray<string>,
  workbook = "",
  attributes: ReadonlyArray<string> = [],
  more: ReadonlyArray<{ readonly name: string; readonly content: string }> = []
) =>
  parseXlsx(openWorkbook(Buffer.from(makeZip([
    { name: "_rels/.rels", content: relations(["officeDocument", "xl/workbook.xml"]) },
    {
      name: "xl/workbook.xml",
      content: `<workbook>${workbook}<sheets>${
        sheets.map((_, i) => `<sheet name="Sheet ${i + 1}" r:id="r${i}" ${attributes[i] ?? ""}/>`).join("")
      }</sheets></workbook>`
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: relations(
        ...sheets.map((_, i) => ["worksheet", `s${i}.xml`] as const),
        ["sharedStrings", "strings.xml"],
        ["styles", "styles.xml"],
        ["person", "persons.xml"]
      )
    },
    {
      name: "xl/strings.xml",
      content: "<sst><si><t>Harbour</t></si><si><r><t>Dues </t></r><r><t>2024</t></r><rPh><t>x</t></rPh></si></sst>"
    },
    {
      name: "xl/styles.xml",
      content:
        "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"0.00%\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/><xf numFmtId=\"4\"/></cellXfs></styleSheet>"
    },
    ...sheets.map((sheet, i) => ({ name: `xl/s${i}.xml`, content: `<worksheet>${sheet}</worksheet>` })),
    ...more
  ]))))

const text = (at: string, index: number) => `<c r="${at}" t="s"><v>${index}</v></c>`
const number = (at: string, value: number, style = 0) => `<c r="${at}" s="${style}"><v>${value}</v></c>`
const row = (at: number, ...cells: ReadonlyArray<string>) => `<row r="${at}">${cells.join("")}</row>`
const data = (...rows: ReadonlyArray<string>) => `<sheetData>${rows.join("")}</sheetData>`

describe("an Excel workbook", () => {
  it("becomes tables under the names of its sheets, with numbers as they are shown", () => {
    const { markdown } = parse([data(
      row(1, text("A1", 0), text("B1", 1), "<c r=\"C1\" t=\"inlineStr\"><is><t>Share</t></is></c>"),
      row(2, "<c r=\"A2\" t=\"str\"><v>North</v></c>", number("B2", 45356, 1), number("C2", 0.125, 2)),
      row(3, "<c r=\"A3\" t=\"b\"><v>1</v></c>", number("B3", 1234.5, 3), number("C3", 0.1))
    )])
    assert.strictEqual(
      markdown,
      "# Sheet 1\n\n| Harbour | Dues 2024 | Share |\n| --- | --- | --- |\n| North | 3/5/2024 | 12.50% |\n| TRUE | 1,234.50 | 0.1 |"
    )
  })

  it("is divided at empty rows, and keeps the titles above its tables", () => {
    const { markdown } = parse([data(
      row(1, text("B1", 1)),
      row(2, text("A2", 0), text("C2", 0)),
      row(3, number("A3", 1), number("C3", 2)),
      row(5, text("A5", 0))
    )])
    assert.strictEqual(markdown, "# Sheet 1\n\nDues 2024\n\n| Harbour | Harbour |\n| --- | --- |\n| 1 | 2 |\n\nHarbour")
  })

  it("repeats cells that are merged over rows", () => {
    const merged = data(
      row(1, text("A1", 0), text("B1", 1)),
      row(2, text("A2", 0), number("B2", 1)),
      row(3, number("B3", 2))
    )
    assert.include(parse([`${merged}<mergeCells><mergeCell ref="A2:A3"/></mergeCells>`]).markdown, "| Harbour | 2 |")
  })

  describe("has comments", () => {
    const sheet = data(row(1, text("A1", 0)))
    const advice = "[Threaded comment]\n\nYour version of Excel allows you to read this.\n\nComment:\n    Too high?"
    const note = (ref: string, author: number, said: string) =>
      `<comment ref="${ref}" authorId="${author}"><text><r><t xml:space="preserve">${said}</t></r></text></comment>`
    const notes = {
      name: "xl/comments.xml",
      content: `<comments><authors><author>Lind</author><author>tc={1}</author></authors><commentList>${
        note("A1", 0, "Lind:\nSince when?")
      }${note("B2", 1, advice)}</commentList></comments>`
    }
    const threads = {
      name: "xl/threads.xml",
      content:
        `<ThreadedComments><threadedComment ref="B2" personId="{7}" id="{1}"><text>Too high?</text></threadedComment>` +
        `<threadedComment ref="B2" personId="{8}" id="{2}" parentId="{1}"><text>No.</text></threadedComment></ThreadedComments>`
    }
    const persons = {
      name: "xl/persons.xml",
      content: `<personList><person displayName="Ada" id="{7}"/><person displayName="Bo" id="{8}"/></personList>`
    }
    const commentsOf = (...types: ReadonlyArray<readonly [type: string, target: string]>) =>
      parse([sheet], "", [], [notes, threads, persons, { name: "xl/_rels/s0.xml.rels", content: relations(...types) }])
        .markdown.split("\n\n").slice(2)

    it("with their authors, and those of a thread from the thread alone", () => {
      assert.deepStrictEqual(commentsOf(["comments", "comments.xml"], ["threadedComment", "threads.xml"]), [
        "Comment on A1 by Lind: Since when?",
        "Comment on B2 by Ada: Too high?",
        "Comment on B2 by Bo: No."
      ])
    })

    it("of a thread that the file has a copy of only, without Excel's advice", () => {
      assert.strictEqual(commentsOf(["comments", "comments.xml"]).at(-1), "Comment on B2: Too high?")
    })
  })

  it("keeps what is printed above and below its pages, once, without codes and page numbers", () => {
    const margins = `<headerFooter differentFirst="1"><oddHeader>&amp;L&amp;"Arial,Bold"&amp;12Rates &amp;&amp; dues` +
      `&amp;RPage &amp;P</oddHeader><oddFooter>&amp;C&amp;P of &amp;N</oddFooter><firstFooter>&amp;K00FF00Draft</firstFooter></headerFooter>`
    const sheet = data(row(1, text("A1", 0)))
    assert.strictEqual(
      parse([`${sheet}${margins}`, `${sheet}${margins}`]).markdown,
      "# Sheet 1\n\nRates & dues\n\nHarbour\n\nDraft\n\n# Sheet 2\n\nHarbour"
    )
  })

  it("leaves hidden sheets out, and says so", () => {
    const sheet = data(row(1, text("A1", 0)))
    const { leftOut, markdown } = parse([sheet, sheet], "", ["", "state=\"hidden\""])
    assert.strictEqual(markdown, "# Sheet 1\n\nHarbour")
    assert.deepStrictEqual(leftOut.map(({ kind }) => kind), ["hidden_layer"])
  })

  it("takes no space for cells that claim to be far away", () => {
    const cells = Array.from(
      { length: 2000 },
      (_, i) => row(i + 1, number("A1", i), number(`XF${String.fromCharCode(65 + i % 26)}${i + 1}`, i))
    )
    assert.isBelow(parse([data(...cells, row(1_048_576, number("XFD1048576", 1)))]).markdown.length, 500_000)
  })
})
