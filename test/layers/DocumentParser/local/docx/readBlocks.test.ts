import { assert, describe, it } from "@effect/vitest"
import { cell, line, listed, type Part, row, styled, wordToMarkdown } from "../../../../support/builders/word.ts"

const markdownOf = async (body: string, parts: ReadonlyArray<Part> = []) => wordToMarkdown(body, parts)

describe("the numbers that Word counts", () => {
  const level = (at: number, format: string, text: string, more = "") =>
    `<w:lvl w:ilvl="${at}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/>${more}</w:lvl>`
  const numbering = (levels: string, num = "<w:abstractNumId w:val=\"5\"/>"): ReadonlyArray<Part> => [{
    type: "numbering",
    name: "numbering.xml",
    content:
      `<w:numbering><w:abstractNum w:abstractNumId="5">${levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num><w:num w:numId="2">${num}</w:num></w:numbering>`
  }]
  const legal = level(0, "upperRoman", "Article %1") + level(1, "decimal", "%1.%2", "<w:isLgl/>") +
    level(2, "lowerLetter", "(%3)")

  it("are part of clauses, by level", async () => {
    assert.strictEqual(
      await markdownOf(
        line("Terms", listed(1, 0)) + line("Cover", listed(1, 1)) + line("fire", listed(1, 2)) +
          line("water", listed(1, 2)) +
          line("Claims", listed(1, 1)) + line("by mail", listed(1, 2)) + line("Duties", listed(1, 0)) +
          line("Care", listed(1, 1)),
        numbering(legal)
      ),
      "- Article I Terms\n  - 1.1 Cover\n    - (a) fire\n    - (b) water\n  - 1.2 Claims\n    - (a) by mail\n- Article II Duties\n  - 2.1 Care"
    )
  })

  it("count on in another list of the same kind, unless it begins anew", async () => {
    const body = line("one", listed(1, 0)) + line("Between") + line("two", listed(2, 0))
    const plain = level(0, "decimal", "%1.")
    assert.include(await markdownOf(body, numbering(plain)), "2. two")
    const anew =
      "<w:abstractNumId w:val=\"5\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"7\"/></w:lvlOverride>"
    assert.include(await markdownOf(body, numbering(plain, anew)), "7. two")
  })

  it("are kept in cells, and bullets are bullets", async () => {
    const text = await markdownOf(
      `<w:tbl>${row(cell(line("Duty")), cell(line("Who")))}${
        row(cell(line("pay", listed(1, 0)) + line("report", listed(1, 0))), cell(line("All")))
      }</w:tbl>`,
      numbering(level(0, "lowerRoman", "(%1)"))
    )
    assert.include(text, "| (i) pay (ii) report | All |")
    assert.strictEqual(await markdownOf(line("dot", listed(1, 0)), numbering(level(0, "bullet", "·"))), "- dot")
  })
})

describe("Word's headings", () => {
  const style = (id: string, inner: string) => `<w:style w:type="paragraph" w:styleId="${id}">${inner}</w:style>`
  const styles: ReadonlyArray<Part> = [{
    type: "styles",
    name: "styles.xml",
    content: `<w:styles>${
      style("H2", "<w:name w:val=\"heading 2\"/>") + style("Firm", "<w:basedOn w:val=\"H2\"/>") +
      style("Nadpis", "<w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr>") + style("Loop", "<w:basedOn w:val=\"Loop\"/>") +
      style("Big", "<w:name w:val=\"Title\"/>") +
      style("Body", "<w:basedOn w:val=\"H2\"/><w:pPr><w:outlineLvl w:val=\"9\"/></w:pPr>")
    }</w:styles>`
  }]

  it("are known by name, by what they are based on, and by outline level", async () => {
    const found = await markdownOf(
      ["H2", "Firm", "Nadpis", "Big", "Heading3"].map((id) => line(id, styled(id))).join(""),
      styles
    )
    assert.strictEqual(found, "## H2\n\n## Firm\n\n# Nadpis\n\n# Big\n\n### Heading3")
    assert.strictEqual(await markdownOf(line("Own", "<w:outlineLvl w:val=\"1\"/>"), styles), "## Own")
  })

  it("are not seen in body text", async () => {
    assert.strictEqual(
      await markdownOf(line("Body", styled("Body")) + line("Loop", styled("Loop")), styles),
      "Body\n\nLoop"
    )
  })
})

describe("Word's tables", () => {
  it("keep their rows if a cell has a table, and repeat merged cells", async () => {
    const inner = `<w:tbl>${row(cell(line("small")), cell(line("12")))}</w:tbl>`
    const body = `<w:tbl>${row(cell(line("Region")), cell(line("Product")), cell(line("Rate")))}` +
      row(cell(line("North"), "<w:vMerge w:val=\"restart\"/>"), cell(line("Crate")), cell(inner)) +
      row(cell(line(""), "<w:vMerge/>"), cell(line("Sack"), "<w:gridSpan w:val=\"2\"/>")) +
      `${row(cell(line("South")), cell(line("Barrel")), cell(line("44")))}</w:tbl>`
    assert.strictEqual(
      await markdownOf(body),
      "| Region | Product | Rate |\n| --- | --- | --- |\n| North | Crate | small, 12 |\n| North | Sack |  |\n| South | Barrel | 44 |"
    )
  })
})
