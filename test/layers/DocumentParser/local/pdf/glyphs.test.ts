/** Kinds of content that are not plain text on a PDF's page. */
import { assert, describe, it } from "@effect/vitest"
import { line, rawPdf } from "../../../../support/builders/rawPdf.ts"
import { markdownOf, readPdf } from "./readPdf.ts"

const text = line("The crane is paid for by the hour.", 60, 700)
const stream = (dictionary: string, content: string) =>
  `<< ${dictionary} /Length ${content.length} >>\nstream\n${content}\nendstream`
const failureOf = (bytes: Uint8Array) =>
  readPdf(bytes).then(() => undefined, (cause: unknown) => cause instanceof Error ? cause : undefined)

describe("form fields and annotations of a PDF", () => {
  const widget = (rect: string, more: string) =>
    `<< /Type /Annot /Subtype /Widget /Rect [${rect}] /F 4 /P 11 0 R ${more} >>`
  const appearance = "/AP << /N << /Yes 10 0 R /Off 10 0 R >> >>"
  const objects = [
    widget("150 690 300 706", "/FT /Tx /T (name) /V (Ada Thistlewood)"),
    widget("150 660 162 672", `/FT /Btn /T (mast) /V /Yes /AS /Yes ${appearance}`),
    widget("150 630 162 642", `/FT /Btn /T (hull) /V /Off /AS /Off ${appearance}`),
    widget("150 600 300 616", "/FT /Ch /Ff 131072 /T (port) /Opt [[(l) (Lindholm)] [(m) (Marstal)]] /V (l) /I [0]"),
    "<< /Type /Annot /Subtype /FreeText /Rect [60 500 300 520] /F 4 /Contents (Paid in May) /DA (/F1 11 Tf) >>",
    stream("/Type /XObject /Subtype /Form /BBox [0 0 12 12]", "")
  ]
  const form = rawPdf(
    [["Name:", "Mast fell", "Hull leaks", "Port:"].map((label, i) => line(label, 60, 694 - 30 * i)).join("")],
    {
      objects,
      catalog: "/AcroForm << /Fields [5 0 R 6 0 R 7 0 R 8 0 R] /DA (/F1 11 Tf) /DR << /Font << /F1 3 0 R >> >> >>",
      page: "/Annots [5 0 R 6 0 R 7 0 R 8 0 R 9 0 R]"
    }
  )

  it("values of form fields stand beside their labels, and a ticked box differs from an empty one", async () => {
    const lines = (await markdownOf(form)).split("\n").filter((each) => each !== "")
    for (
      const expected of [["Name:", "Ada Thistlewood"], ["Mast fell", "[x]"], ["Hull leaks", "[ ]"], [
        "Port:",
        "Lindholm"
      ]]
    ) {
      assert.isTrue(
        lines.some((each) => expected.every((part) => each.includes(part))),
        `${expected}: ${lines.join("\n")}`
      )
    }
  })

  it("a value that is only drawn, or whose field the form does not list, is text, and so is what a stamp says", async () => {
    const drawn = (text: string) =>
      stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 150 16] /Resources << /Font << /F1 3 0 R >> >>",
        `BT /F1 11 Tf 2 4 Td (${text}) Tj ET`
      )
    const markdown = await markdownOf(rawPdf([line("Sum:", 60, 694) + line("Owner:", 60, 664)], {
      objects: [
        widget("150 690 300 706", "/FT /Tx /T (sum) /AP << /N 6 0 R >>"),
        drawn("91,250 crowns"),
        widget("150 660 300 676", "/FT /Tx /T (owner) /V (Bo Lind)"),
        "<< /Type /Annot /Subtype /Stamp /Rect [60 100 210 116] /F 4 /AP << /N 9 0 R >> >>",
        drawn("Refused in May")
      ],
      catalog: "/AcroForm << /Fields [5 0 R] >>",
      page: "/Annots [5 0 R 7 0 R 8 0 R]"
    }))
    for (const expected of ["Sum: 91,250 crowns", "Owner: Bo Lind", "Refused in May"]) {
      assert.include(markdown, expected)
    }
  })

  it("what reviewers wrote stands below a page's text, without a reply that only sets a state", async () => {
    const note = (more: string) => `<< /Type /Annot /Rect [60 700 80 720] /F 4 ${more} >>`
    const markdown = await markdownOf(rawPdf([text + line("It is paid monthly.", 60, 680)], {
      objects: [
        note("/Subtype /Text /T (Ada) /Contents (Which one?)"),
        note("/Subtype /Highlight /QuadPoints [60 712 90 712 60 700 90 700] /Contents (The old one.)"),
        note("/Subtype /Text /T (Bo) /State (Accepted) /StateModel (Review) /Contents (Accepted set by Bo)")
      ],
      page: "/Annots [5 0 R 6 0 R 7 0 R]"
    }))
    assert.strictEqual(
      markdown,
      "<!-- page 1 -->\n\nThe crane is paid for by the hour. It is paid monthly.\n\nComment by Ada: Which one?\n\nComment: The old one."
    )
  })

  it("a text box that is drawn on a page is text, and a hidden one is not", async () => {
    assert.include(await markdownOf(form), "Paid in May")
    const hidden = "<< /Type /Annot /Subtype /FreeText /Rect [60 500 300 520] /F 2 /Contents (Not to be seen) >>"
    assert.notInclude(
      await markdownOf(rawPdf([text], { objects: [hidden], page: "/Annots [5 0 R]" })),
      "Not to be seen"
    )
  })
})

describe("glyphs of a PDF", () => {
  const fontOf = (names: string) =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [49 ${names}] >> >>`

  it("old-style figures are digits", async () => {
    const objects = [fontOf("/one.oldstyle /two.oldstyle /three.oldstyle")]
    assert.include(await markdownOf(rawPdf([line("1231", 60, 700, "F3")], { objects, fonts: "/F3 5 0 R" })), "1231")
  })

  it("letters of formulas beyond U+FFFF are letters", async () => {
    const map = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange " +
      "2 beginbfchar <41> <D835DC5E> <42> <D835DFD3> endbfchar endcmap end"
    const objects = ["<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>", stream("", map)]
    const { leftOut, markdown } = await readPdf(rawPdf([line("AB", 60, 700, "F3")], { objects, fonts: "/F3 5 0 R" }))
    assert.include(markdown, "q5")
    assert.deepStrictEqual(leftOut, [])
  })

  it("an accent that is drawn over its letter belongs to it", async () => {
    const content = "BT /F1 11 Tf 60 700 Td (Poincar) Tj 0 0 Td (e) Tj ET BT /F1 11 Tf 98.4 702 Td (\xb4) Tj ET"
    const placed = content.replace("0 0 Td (e)", "(e)")
    assert.include((await markdownOf(rawPdf([placed]))).normalize("NFC"), "Poincaré")
  })

  it("text is what ActualText says, and letters that are drawn twice are said once", async () => {
    const ligature = `${line("di", 60, 700)}/Span << /ActualText (ffi) >> BDC BT /F1 11 Tf 69 700 Td (x) Tj ET EMC\n${
      line("cult", 74.5, 700)
    }`
    assert.include(await markdownOf(rawPdf([ligature])), "difficult")
    const bold = [..."ROPE"].flatMap((letter, i) => [0, 0.3].map((by) => line(letter, 60 + 9 * i + by, 700))).join("")
    const markdown = await markdownOf(rawPdf([bold]))
    assert.include(markdown, "ROPE")
    assert.notInclude(markdown, "RROO")
  })

  it("a line that is drawn twice and divided in two ways is said once", async () => {
    const other = ["for", "rows", "and", "columns"].map((word, i) => line(word, 60 + 100 * i, 720))
    const pieces = [line("Enforced", 60, 700), line("for all access", 108, 700), ...other]
    const whole = line("Enforced for all access", 60.3, 700)
    for (const content of [[...pieces, whole], [whole, ...pieces]]) {
      assert.strictEqual(
        (await markdownOf(rawPdf([content.join("")]))).match(/Enforced|access/g)?.join(" "),
        "Enforced access"
      )
    }
  })
})

describe("what a PDF's pages do not show", () => {
  const layers = {
    objects: ["<< /Type /OCG /Name (Draft) >>", "<< /Type /OCG /Name (Final) >>"],
    resources: "/Properties << /Draft 5 0 R /Final 6 0 R >>",
    catalog: "/OCProperties << /OCGs [5 0 R 6 0 R] /D << /OFF [5 0 R] /Order [5 0 R 6 0 R] >> >>"
  }

  it("text on a layer that is switched off is left out and named, and that on other layers is kept", async () => {
    const content = `/OC /Draft BDC ${line("Nine percent", 60, 740)} EMC /OC /Final BDC ${
      line("Seven percent", 60, 720)
    } EMC`
    const { leftOut, markdown } = await readPdf(rawPdf([content], layers))
    assert.include(markdown, "Seven percent")
    assert.notInclude(markdown, "Nine percent")
    assert.deepStrictEqual(leftOut.map(({ kind, page }) => ({ kind, page })), [{ kind: "hidden_layer", page: 1 }])
  })

  it("text is left out whose combination of layers is not shown, or whose form is on a layer that is switched off", async () => {
    const { objects, ...more } = layers
    const form = "/Type /XObject /Subtype /Form /BBox [0 0 600 800] /OC 5 0 R /Resources << /Font << /F1 3 0 R >> >>"
    const content = `/OC /All BDC ${line("Nine percent", 60, 740)} EMC /OC /None BDC ${
      line("Seven percent", 60, 720)
    } EMC /Form Do BT 3 Tr /F1 11 Tf 60 600 Td (Read from a scan) Tj ET`
    const { markdown } = await readPdf(rawPdf([content], {
      ...more,
      objects: [
        ...objects,
        "<< /Type /OCMD /OCGs [5 0 R] /P /AllOn >>",
        "<< /Type /OCMD /OCGs [5 0 R] /P /AllOff >>",
        stream(form, line("Six percent", 60, 650))
      ],
      resources: "/Properties << /All 7 0 R /None 8 0 R >> /XObject << /Form 9 0 R >>"
    }))
    assert.strictEqual(markdown, "<!-- page 1 -->\n\nSeven percent\n\nRead from a scan")
  })

  const file = stream("/Type /EmbeddedFile", "words")
  const attached = {
    objects: [file, "<< /Type /Filespec /F (a.txt) /UF (a.txt) /EF << /F 5 0 R >> >>"],
    catalog: "/Names << /EmbeddedFiles << /Names [(a.txt) 6 0 R] >> >>"
  }

  it("attached files are named", async () => {
    const { leftOut } = await readPdf(rawPdf([text], attached))
    assert.deepStrictEqual(leftOut, [{ kind: "attachment", page: 0, count: 1, detail: "Attached files are not read." }])
  })

  it("a portfolio whose page only asks for another program is refused", async () => {
    const page = line("For the best experience, open this PDF portfolio in Adobe Reader.", 60, 700)
    const failure = await failureOf(rawPdf([page], { ...attached, catalog: `${attached.catalog} /Collection << >>` }))
    assert.match(String(failure?.message), /portfolio/)
  })

  it("a dynamic XFA form whose page only asks to wait is refused", async () => {
    const catalog = "/NeedsRendering true /AcroForm << /Fields [] /XFA [(template) 5 0 R] >>"
    const failure = await failureOf(
      rawPdf([line("Please wait...", 60, 700)], { objects: [stream("", "<template/>")], catalog })
    )
    assert.match(String(failure?.message), /dynamic XFA form/)
  })
})
