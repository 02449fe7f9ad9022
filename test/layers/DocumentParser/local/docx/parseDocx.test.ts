import { assert, describe, it } from "@effect/vitest"
import { line, paragraph, type Part, run, wordToMarkdown } from "../../../../support/builders/word.ts"

const markdownOf = async (body: string, parts: ReadonlyArray<Part> = []) => wordToMarkdown(body, parts)

describe("raised and lowered text in Word", () => {
  const raised = (how: string) => (before: string, text: string) =>
    markdownOf(paragraph(run(before) + run(text, how) + run(" crowns")))
  const byMark = raised("<w:vertAlign w:val=\"superscript\"/>")

  it("does not become a digit of the number before it", async () => {
    assert.strictEqual(await byMark("10", "6"), "10^6 crowns")
    assert.strictEqual(await byMark("1,204", "3"), "1,204^3 crowns")
    assert.strictEqual(await raised("<w:position w:val=\"8\"/>")("250", "2"), "250^2 crowns")
    assert.strictEqual(await raised("<w:vertAlign w:val=\"subscript\"/>")("10", "2"), "10_2 crowns")
  })

  it("stays one word where it is one", async () => {
    assert.strictEqual(await byMark("4", "th"), "4th crowns")
    assert.strictEqual(await raised("<w:vertAlign w:val=\"subscript\"/>")("CO", "2"), "CO2 crowns")
    assert.strictEqual(await byMark("Brand", "®"), "Brand® crowns")
  })
})

describe("Word's parts beside the plain body", () => {
  const omml = (inner: string) =>
    markdownOf(paragraph(`${run("The sum is ")}<m:oMath>${inner}</m:oMath>${run(" crowns.")}`))
  const t = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`

  it("keeps the numbers and names of equations apart", async () => {
    assert.strictEqual(await omml(t("4500")), "The sum is 4500 crowns.")
    assert.strictEqual(
      await omml(`${t("P=")}<m:f><m:num>${t("C×r")}</m:num><m:den>${t("12")}</m:den></m:f>`),
      "The sum is P = (C × r)/12 crowns."
    )
    assert.strictEqual(
      await omml(`<m:sSup><m:e>${t("10")}</m:e><m:sup>${t("6")}</m:sup></m:sSup>`),
      "The sum is 10^6 crowns."
    )
    assert.strictEqual(await omml(`<m:rad><m:deg/><m:e>${t("a+b")}</m:e></m:rad>`), "The sum is √(a + b) crowns.")
    assert.strictEqual(
      await omml(
        `<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>${t("i=1")}</m:sub><m:sup>${t("n")}</m:sup><m:e>${
          t("x")
        }</m:e></m:nary>`
      ),
      "The sum is ∑_(i = 1)^n x crowns."
    )
  })

  it("keeps the text under a reading aid, and the aid", async () => {
    const ruby =
      "<w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    assert.strictEqual(await markdownOf(paragraph(ruby)), "東京(とうきょう)")
  })

  it("reads text boxes of new and old programs once", async () => {
    const box = `<w:txbxContent>${line("Valve Rowan")}</w:txbxContent>`
    const drawing = `<w:drawing><wp:inline><wps:txbx>${box}</wps:txbx></wp:inline></w:drawing>`
    const old = `<w:pict><v:shape><v:textbox>${box}</v:textbox></v:shape></w:pict>`
    for (
      const shape of [
        drawing,
        old,
        `<mc:AlternateContent><mc:Choice>${drawing}</mc:Choice><mc:Fallback>${old}</mc:Fallback></mc:AlternateContent>`
      ]
    ) {
      assert.strictEqual(await markdownOf(paragraph(`${run("See")}<w:r>${shape}</w:r>`)), "See\n\nValve Rowan")
    }
  })

  it("says headers and footers once, and no page number", async () => {
    const text = await markdownOf(
      line("Body") +
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"r0\"/><w:headerReference w:type=\"first\" r:id=\"r1\"/>" +
        "<w:footerReference w:type=\"default\" r:id=\"r2\"/></w:sectPr>",
      [
        { type: "header", name: "h1.xml", content: `<w:hdr>${line("Contract KX-77120")}</w:hdr>` },
        { type: "header", name: "h2.xml", content: `<w:hdr>${line("Not shown")}</w:hdr>` },
        { type: "footer", name: "f1.xml", content: `<w:ftr>${line("Contract KX-77120")}${line("12")}</w:ftr>` }
      ]
    )
    assert.strictEqual(text, "Contract KX-77120\n\nBody\n\nContract KX-77120")
  })

  it("puts notes and comments behind the paragraph that refers to them", async () => {
    const text = await markdownOf(
      paragraph(
        `${run("Due in thirty days")}<w:r><w:footnoteReference w:id="2"/></w:r>${
          run(".")
        }<w:r><w:commentReference w:id="0"/></w:r>`
      ) + line("Next"),
      [
        {
          type: "footnotes",
          name: "n.xml",
          content: `<w:footnotes><w:footnote w:id="2">${line("Working days.")}</w:footnote></w:footnotes>`
        },
        {
          type: "comments",
          name: "c.xml",
          content: `<w:comments><w:comment w:id="0" w:author="Lind">${line("Sure?")}</w:comment></w:comments>`
        }
      ]
    )
    assert.strictEqual(
      text,
      "Due in thirty days[^1].[^2]\n\n[^1]: Working days.\n\n[^2]: Comment by Lind: Sure?\n\nNext"
    )
  })

  it("reads web pages, mails and plain text that were embedded", async () => {
    const mail =
      "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>310 =E2=82=AC"
    for (
      const [content, expected] of [["<html><p>310 crowns", "310 crowns"], [mail, "310 €"], [
        "310 crowns",
        "310 crowns"
      ]] as const
    ) {
      assert.strictEqual(
        await markdownOf("<w:altChunk r:id=\"r0\"/>", [{ type: "aFChunk", name: "a.bin", content }]),
        expected
      )
    }
  })

  it("reads charts as tables and diagrams as lists", async () => {
    const chart =
      "<c:chartSpace><c:chart><c:plotArea><c:ser><c:tx><c:v>Premium</c:v></c:tx><c:cat><c:pt idx=\"0\"><c:v>North</c:v></c:pt>" +
      "<c:pt idx=\"1\"><c:v>South</c:v></c:pt></c:cat><c:val><c:pt idx=\"0\"><c:v>12</c:v></c:pt><c:pt idx=\"1\"><c:v>19</c:v></c:pt></c:val></c:ser></c:plotArea></c:chart></c:chartSpace>"
    assert.include(
      await markdownOf(paragraph("<w:r><w:drawing><c:chart r:id=\"r0\"/></w:drawing></w:r>"), [{
        type: "chart",
        name: "c.xml",
        content: chart
      }]),
      "| North | 12 |\n| South | 19 |"
    )
    const diagram =
      "<dgm:dataModel><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>Report</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt><dgm:t><a:p><a:r><a:t>Inspect</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"
    assert.strictEqual(
      await markdownOf(paragraph("<w:r><w:drawing><dgm:relIds r:dm=\"r0\"/></w:drawing></w:r>"), [{
        type: "diagramData",
        name: "d.xml",
        content: diagram
      }]),
      "- Report\n- Inspect"
    )
  })

  it("keeps what direction marks and insertions wrap, and drops what was deleted or hidden", async () => {
    const wrapped = `<w:bdo w:val="rtl">${run("one ")}</w:bdo><w:dir>${run("two ")}</w:dir><w:ins>${
      run("three ")
    }</w:ins>`
    const gone = `<w:del><w:r><w:delText>four</w:delText></w:r></w:del><w:moveFrom>${run("five")}</w:moveFrom>${
      run("six", "<w:vanish/>")
    }`
    assert.strictEqual(await markdownOf(paragraph(wrapped + gone)), "one two three")
  })

  it("reads the signs of symbol fonts", async () => {
    const sign = (font: string, code: string) => `<w:r><w:sym w:font="${font}" w:char="${code}"/></w:r>`
    assert.strictEqual(
      await markdownOf(paragraph(sign("Symbol", "F061") + sign("Symbol", "F0B3") + sign("Wingdings", "F0FE"))),
      "α≥[x]"
    )
  })
})

describe("the state of form controls in Word", () => {
  const box = (checked: number) =>
    `<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="${checked}"/></w14:checkbox></w:sdtPr><w:sdtContent>${
      run("☐")
    }</w:sdtContent></w:sdt>`
  const field = (data: string) =>
    `<w:r><w:fldChar w:fldCharType="begin"><w:ffData>${data}</w:ffData></w:fldChar></w:r><w:r><w:instrText>FORM</w:instrText></w:r>` +
    "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"

  it("a ticked box differs from an empty one", async () => {
    assert.strictEqual(await markdownOf(paragraph(box(1) + run(" yes ") + box(0) + run(" no"))), "[x] yes [ ] no")
    assert.strictEqual(
      await markdownOf(paragraph(field("<w:checkBox><w:default w:val=\"0\"/><w:checked/></w:checkBox>") + run(" yes"))),
      "[x] yes"
    )
    assert.strictEqual(await markdownOf(paragraph(field("<w:checkBox><w:default w:val=\"1\"/></w:checkBox>"))), "[x]")
    const list = "<w:listEntry w:val=\"Amber\"/><w:listEntry w:val=\"Cobalt\"/>"
    assert.strictEqual(
      await markdownOf(paragraph(field(`<w:ddList><w:result w:val="1"/>${list}</w:ddList>`))),
      "Cobalt"
    )
    assert.strictEqual(await markdownOf(paragraph(field(`<w:ddList>${list}</w:ddList>`))), "Amber")
  })
})
