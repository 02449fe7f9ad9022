import { assert, describe, it } from "@effect/vitest"
import { openPresentation, parsePptx } from "../../../../../layers/DocumentParser/local/pptx/parsePptx.ts"
import { makeZip } from "../../../../support/builders/makeZip.ts"

const relations = (targets: ReadonlyArray<readonly [type: string, target: string]>) =>
  `<Relationships>${
    targets.map(([type, target], i) => `<Relationship Id="r${i}" Type="x/${type}" Target="${target}"/>`).join("")
  }</Relationships>`

interface Slide {
  readonly shapes: string
  readonly attributes?: string
  readonly notes?: string
  readonly comments?: string
}

const parse = (...slides: ReadonlyArray<Slide>) =>
  parsePptx(openPresentation(Buffer.from(makeZip([
    { name: "_rels/.rels", content: relations([["officeDocument", "ppt/presentation.xml"]]) },
    {
      name: "ppt/presentation.xml",
      content: `<p:presentation><p:sldIdLst>${
        slides.map((_, i) => `<p:sldId id="${256 + i}" r:id="r${i}"/>`).join("")
      }</p:sldIdLst></p:presentation>`
    },
    {
      name: "ppt/_rels/presentation.xml.rels",
      content: relations([
        ...slides.map((_, i) => ["slide", `slides/s${i}.xml`] as const),
        ["commentAuthors", "ca.xml"],
        ["authors", "a.xml"]
      ])
    },
    { name: "ppt/ca.xml", content: `<p:cmAuthorLst><p:cmAuthor id="0" name="Lind"/></p:cmAuthorLst>` },
    { name: "ppt/a.xml", content: `<p188:authorLst><p188:author id="{7}" name="Ada"/></p188:authorLst>` },
    ...slides.flatMap(({ attributes = "", comments, notes, shapes }, i) => [
      {
        name: `ppt/slides/s${i}.xml`,
        content: `<p:sld ${attributes}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`
      },
      ...(comments === undefined ? [] : [
        { name: `ppt/slides/_rels/s${i}.xml.rels`, content: relations([["comments", "../c.xml"]]) },
        { name: "ppt/c.xml", content: comments }
      ]),
      ...(notes === undefined ? [] : [
        { name: `ppt/slides/_rels/s${i}.xml.rels`, content: relations([["notesSlide", "../n.xml"]]) },
        { name: "ppt/n.xml", content: `<p:notes>${shape("body", paragraph(notes))}</p:notes>` }
      ])
    ])
  ]))))

const paragraph = (text: string, properties = "") => `<a:p>${properties}<a:r><a:t>${text}</a:t></a:r></a:p>`
const shape = (type: string, body: string) =>
  `<p:sp><p:nvSpPr><p:nvPr>${
    type === "" ? "" : `<p:ph type="${type}"/>`
  }</p:nvPr></p:nvSpPr><p:txBody>${body}</p:txBody></p:sp>`

describe("a PowerPoint presentation", () => {
  it("becomes a page for each slide: title, points by level, boxes, notes", () => {
    const { markdown, pages } = parse(
      {
        shapes: shape("title", paragraph("Cover")) +
          shape("body", paragraph("Fire") + paragraph("by lightning", "<a:pPr lvl=\"1\"/>") + paragraph("Water")) +
          shape("", paragraph("Valid in 2024")) + shape("sldNum", paragraph("1")),
        notes: "Say it slowly."
      },
      { shapes: `<p:grpSp>${shape("", paragraph("Grouped"))}</p:grpSp>` }
    )
    assert.strictEqual(pages, 2)
    assert.strictEqual(
      markdown,
      "<!-- page 1 -->\n\n# Cover\n\n- Fire\n  - by lightning\n- Water\n\nValid in 2024\n\nNotes: Say it slowly.\n\n<!-- page 2 -->\n\nGrouped"
    )
  })

  it("keeps the numbers of points that PowerPoint counts", () => {
    const counted = (text: string, attributes: string, level = 0) =>
      paragraph(text, `<a:pPr lvl="${level}"><a:buAutoNum ${attributes}/></a:pPr>`)
    const { markdown } = parse({
      shapes: shape(
        "",
        counted("Theft", `type="arabicPeriod" startAt="7"`) + counted("of bicycles", `type="alphaLcParenR"`, 1) +
          counted("Fire", `type="arabicPeriod" startAt="7"`) + paragraph("Exclusions") +
          counted("War", `type="arabicPeriod"`)
      )
    })
    assert.strictEqual(markdown, "<!-- page 1 -->\n\n7. Theft\n   - a. of bicycles\n8. Fire\n\nExclusions\n\n1. War")
  })

  it("keeps tables with merged cells", () => {
    const cell = (text: string, more = "") => `<a:tc ${more}><a:txBody>${paragraph(text)}</a:txBody></a:tc>`
    const table =
      `<a:tbl><a:tr>${cell("Region")}${cell("Rate")}</a:tr><a:tr>${cell("North", "rowSpan=\"2\"")}${
        cell("12")
      }</a:tr>` +
      `<a:tr>${cell("", "vMerge=\"1\"")}${cell("19")}</a:tr></a:tbl>`
    const { markdown } = parse({
      shapes: `<p:graphicFrame><a:graphic><a:graphicData>${table}</a:graphicData></a:graphic></p:graphicFrame>`
    })
    assert.include(markdown, "| Region | Rate |\n| --- | --- |\n| North | 12 |\n| North | 19 |")
  })

  it("has comments with their authors, in the old format and in the new one, whose replies follow", () => {
    const body = (text: string) => `<p188:txBody>${paragraph(text)}</p188:txBody>`
    const reply = `<p188:replyLst><p188:reply authorId="{8}">${body("No.")}</p188:reply></p188:replyLst>`
    for (
      const [comments, expected] of [
        [`<p:cmLst><p:cm authorId="0"><p:text>Since when?</p:text></p:cm></p:cmLst>`, "Comment by Lind: Since when?"],
        [
          `<p188:cmLst><p188:cm authorId="{7}">${reply}${body("Too high?")}</p188:cm></p188:cmLst>`,
          "Comment by Ada: Too high?\n\nComment: No."
        ]
      ] as const
    ) {
      const { markdown } = parse({ shapes: shape("", paragraph("Premium")), comments })
      assert.strictEqual(markdown, `<!-- page 1 -->\n\nPremium\n\n${expected}`)
    }
  })

  it("leaves hidden slides out, and says so", () => {
    const { leftOut, markdown } = parse({ shapes: shape("", paragraph("Seen")) }, {
      shapes: shape("", paragraph("Hidden")),
      attributes: "show=\"0\""
    })
    assert.notInclude(markdown, "Hidden")
    assert.deepStrictEqual(leftOut, [{ kind: "hidden_layer", page: 2, count: 6, detail: "The slide is hidden." }])
  })
})
