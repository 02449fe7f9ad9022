/** What the inventory of each format finds out if a parser drops it, and that ours drops none of it. */
import { assert, describe, it } from "@effect/vitest"
import { parseDocument } from "../../../layers/DocumentParser/local/parseDocument.ts"
import { compareSource } from "../../../layers/DocumentParser/local/source/compareSource.ts"
import { readSource, withSource } from "../../../layers/DocumentParser/local/source/readSource.ts"
import { docx, pptx, xlsx } from "../../../src/domain/mediaType.ts"
import { makeDocx, makeZip } from "../../support/builders/makeZip.ts"
import { line, paragraph, run } from "../../support/builders/word.ts"

const relations = (...targets: ReadonlyArray<readonly [type: string, target: string]>) =>
  `<Relationships>${
    targets.map(([type, target], i) => `<Relationship Id="r${i}" Type="x/${type}" Target="${target}"/>`).join("")
  }</Relationships>`

const page =
  `<title>Fees</title><h1>Harbour fees</h1><p>Moorings are <b>inspected</b> each spring.<p hidden>Not shown here.</p>
  <table><tr><td>Heron<td>B12<td>131.50</table><p><svg><text>Labelled in red</text></svg><p><img alt="Plan of the berths"><input value="Grey Cormorant">
  <select><option>Steam<option selected>Diesel engine</select>`

const word = makeDocx(
  line("The hull is insured.") +
    paragraph(run("See the note") + "<w:r><w:footnoteReference w:id=\"2\"/></w:r>") +
    paragraph(run("Sum insured") + "<w:r><w:commentReference w:id=\"0\"/></w:r>") +
    "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"r0\"/><w:footerReference w:type=\"default\" r:id=\"r1\"/></w:sectPr>",
  [
    {
      name: "word/_rels/document.xml.rels",
      content: relations(["header", "h.xml"], ["footer", "f.xml"], ["footnotes", "footnotes.xml"], [
        "comments",
        "c.xml"
      ])
    },
    { name: "word/h.xml", content: `<w:hdr>${line("Contract KX of the yard")}</w:hdr>` },
    { name: "word/f.xml", content: `<w:ftr>${line("Printed in Lisbon")}${line("3")}</w:ftr>` },
    {
      name: "word/footnotes.xml",
      content: `<w:footnotes><w:footnote w:id="2">${line("Salvage is paid apart.")}</w:footnote></w:footnotes>`
    },
    {
      name: "word/c.xml",
      content: `<w:comments><w:comment w:id="0" w:author="Lind">${line("Is that enough?")}</w:comment>` +
        `<w:comment w:id="7" w:author="Lind">${line("Without a place.")}</w:comment></w:comments>`
    }
  ]
)

const mail = [
  "From: Ada <ada@example.org>",
  "Subject: Claim for the mast",
  "MIME-Version: 1.0",
  "Content-Type: multipart/mixed; boundary=\"B\"",
  "",
  "--B",
  "Content-Type: text/html",
  "",
  "<p>The crane stood still in May.</p>",
  "--B",
  "Content-Type: text/csv; name=\"berths.csv\"",
  "Content-Disposition: attachment; filename=\"berths.csv\"",
  "",
  "no,name\r\n1,Ibis",
  "--B--"
].join("\r\n")

const sheet = (...rows: ReadonlyArray<string>) =>
  `<worksheet><sheetData>${rows.map((cells) => `<row>${cells}</row>`).join("")}</sheetData></worksheet>`
const workbook = makeZip([
  { name: "_rels/.rels", content: relations(["officeDocument", "xl/workbook.xml"]) },
  {
    name: "xl/workbook.xml",
    content:
      "<workbook><sheets><sheet name=\"Fees\" r:id=\"r0\"/><sheet name=\"Old\" state=\"hidden\" r:id=\"r1\"/></sheets></workbook>"
  },
  {
    name: "xl/_rels/workbook.xml.rels",
    content: relations(["worksheet", "s0.xml"], ["worksheet", "s1.xml"], ["sharedStrings", "strings.xml"])
  },
  {
    name: "xl/strings.xml",
    content: "<sst><si><t>Grey Heron</t></si><si><r><t>Cur</t></r><r><t>lew</t></r><rPh><t>x</t></rPh></si></sst>"
  },
  {
    name: "xl/s0.xml",
    content: sheet(
      "<c t=\"s\"><v>0</v></c><c><v>12</v></c>",
      "<c t=\"s\"><v>1</v></c><c t=\"inlineStr\"><is><t>Berth &amp; crane</t></is></c><c><v>0.30000000000000004</v></c>"
    ).replace(
      "</worksheet>",
      "<headerFooter><oddHeader>&amp;LFees of the harbour</oddHeader></headerFooter></worksheet>"
    )
  },
  { name: "xl/s1.xml", content: sheet("<c t=\"s\"><v>0</v></c>") },
  { name: "xl/_rels/s0.xml.rels", content: relations(["comments", "c.xml"], ["threadedComment", "t.xml"]) },
  {
    name: "xl/c.xml",
    content: "<comments><authors><author>Lind</author><author>tc={1}</author></authors><commentList>" +
      "<comment ref=\"A1\" authorId=\"0\"><text><t>Counted since May</t></text></comment>" +
      "<comment ref=\"A2\" authorId=\"1\"><text><t>[Threaded comment] Advice on versions</t></text></comment>" +
      "</commentList></comments>"
  },
  {
    name: "xl/t.xml",
    content:
      "<ThreadedComments><threadedComment ref=\"A2\"><text>Measured again</text></threadedComment></ThreadedComments>"
  }
])

const shape = (place: string, text: string) =>
  `<p:sp><p:nvSpPr><p:nvPr>${place}</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`
const slide = (shapes: string, more = "") => `<p:sld ${more}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`
const slides = makeZip([
  { name: "_rels/.rels", content: relations(["officeDocument", "ppt/presentation.xml"]) },
  {
    name: "ppt/presentation.xml",
    content: "<p:presentation><p:sldIdLst>" +
      [0, 1, 2].map((i) => `<p:sldId id="${256 + i}" r:id="r${i}"/>`).join("") + "</p:sldIdLst></p:presentation>"
  },
  {
    name: "ppt/_rels/presentation.xml.rels",
    content: relations(["slide", "s0.xml"], ["slide", "s1.xml"], ["slide", "s2.xml"])
  },
  {
    name: "ppt/s0.xml",
    content: slide(shape("<p:ph type=\"title\"/>", "The yard") + shape("<p:ph type=\"dt\"/>", "Fixed date"))
  },
  { name: "ppt/s1.xml", content: slide(shape("", "Racing was agreed beforehand")) },
  { name: "ppt/_rels/s1.xml.rels", content: relations(["notesSlide", "n.xml"], ["comments", "c.xml"]) },
  {
    name: "ppt/c.xml",
    content: "<p188:cmLst><p188:cm><p188:txBody><a:p><a:r><a:t>Who agreed beforehand?</a:t></a:r></a:p></p188:txBody>" +
      "</p188:cm></p188:cmLst>"
  },
  { name: "ppt/n.xml", content: `<p:notes>${shape("<p:ph type=\"body\"/>", "Speak slowly here")}</p:notes>` },
  { name: "ppt/s2.xml", content: slide(shape("", "Old plan"), "show=\"0\"") }
])

type Loss = readonly [dropped: string, kind: string, page: number]

const files: ReadonlyArray<readonly [string, string, string | Uint8Array, ReadonlyArray<Loss>]> = [
  ["page.html", "text/html", page, [
    ["Moorings are **inspected** each spring.", "lines", 0],
    ["131.50", "lines", 0],
    ["Labelled in red", "lines", 0],
    ["Plan of the berths", "lines", 0],
    ["Grey Cormorant", "form_value", 0],
    ["Diesel engine", "form_value", 0]
  ]],
  ["terms.docx", docx, word, [
    ["Contract KX of the yard", "lines", 0],
    ["Printed in Lisbon", "lines", 0],
    ["Salvage is paid apart.", "lines", 0],
    ["Is that enough?", "lines", 0]
  ]],
  ["claim.eml", "message/rfc822", mail, [
    ["Claim for the mast", "lines", 0],
    ["The crane stood still in May.", "lines", 0]
  ]],
  ["fees.xlsx", xlsx, workbook, [
    ["Grey Heron", "lines", 0],
    ["Curlew", "lines", 0],
    ["Counted since May", "lines", 0],
    ["Fees of the harbour", "lines", 0],
    ["Measured again", "lines", 0]
  ]],
  ["talk.pptx", pptx, slides, [
    ["The yard", "lines", 1],
    ["Racing was agreed beforehand", "lines", 2],
    ["Speak slowly here", "lines", 2],
    ["Who agreed beforehand?", "lines", 2]
  ]]
]

/** A whole line of the text, or in a table the row. */
const without = (markdown: string, dropped: string) => {
  assert.include(markdown, dropped)
  return markdown.split("\n").map((each) =>
    each.startsWith("|") && each.includes(dropped) ? "" : each.replace(dropped, "")
  )
    .join("\n")
}

describe("an inventory", () => {
  it.each(files)(
    "of %s blames our parser of nothing, and another one of what it drops",
    async (filename, type, content, losses) => {
      const bytes = Uint8Array.from(Buffer.from(content))
      const task = { bytes: bytes.slice(), filename, limits: { maxPages: 9, maxScans: 0 }, languages: ["eng"] }
      const { comparison, markdown } = await parseDocument(task, () => {})
      const found = async (text: string) => {
        const compared = await compareSource(() => readSource(type, bytes.slice()), text)
        assert(compared._tag === "Compared")
        return compared.omissions.flatMap(({ kind, page: at }) => kind === "hidden_layer" ? [] : [`${kind} ${at}`])
      }
      assert(comparison?._tag === "Compared")
      assert.strictEqual(comparison.coverage.found, comparison.coverage.words)
      assert.isAbove(comparison.coverage.words, 5)
      assert.deepStrictEqual(await found(markdown), [])
      for (const [dropped, kind, at] of losses) {
        assert.include(await found(without(markdown, dropped)), `${kind} ${at}`, dropped)
      }
    }
  )

  it("is there for every format that is not plain text", () => {
    assert.sameMembers([...withSource], [
      "application/pdf",
      docx,
      xlsx,
      pptx,
      "message/rfc822",
      "multipart/related",
      "text/html"
    ])
  })
})
