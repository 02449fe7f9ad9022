/** Pages of a PDF that are only partly text. */
import { assert, describe, it } from "@effect/vitest"
import { parseDocument } from "../../../../../layers/DocumentParser/local/parseDocument.ts"
import { makePdf } from "../../../../support/builders/makePdf.ts"
import { page } from "../../../../support/builders/parse.ts"
import { line, rawPdf } from "../../../../support/builders/rawPdf.ts"
import { scannedText } from "../../../../support/builders/scannedText.ts"
import { readPdf } from "./readPdf.ts"

/** OCR takes as long as the page is large. */
const small = "/CropBox [50 570 530 690]"
const smallTop = "/CropBox [50 660 530 760]"

describe("a picture on a page of a PDF", () => {
  // On a whole page, of which it takes a small share.
  const scan = { at: [456, 0, 0, 72, 60, 600] } as const

  it.each([
    ["a stamp", { text: "RECEIVED 3 May 2024", x: 60, y: 30, size: 9 }],
    ["a page number", { text: "7", x: 300, y: 20 }]
  ])("a picture on a page of a PDF is read by OCR if all of the page's text is %s", async (_, stamp) => {
    const { leftOut, markdown } = await readPdf(makePdf([[scan, stamp]]))
    assert.include(markdown.replaceAll(/\s+/g, " "), "The policy covers damage by water, and also by fire.")
    assert.include(markdown, stamp.text)
    assert.deepStrictEqual(leftOut, [])
  }, 180_000)

  it("a picture on a page full of text is not read, and is named", async () => {
    const text = page(...Array.from({ length: 12 }, (_, i) => `Clause ${i} says what is covered, and what is not.`))
    const { leftOut } = await readPdf(makePdf([[...text, { at: [456, 0, 0, 120, 60, 100] }]]))
    assert.deepStrictEqual(leftOut.map(({ count, kind, page: on }) => ({ kind, on, count })), [
      { kind: "picture", on: 1, count: 1 }
    ])
  })
})

const picture = `<< /Type /XObject /Subtype /Image /Width ${scannedText.width} /Height ${scannedText.height} ` +
  `/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode /Length ${scannedText.packed.length} >>\nstream\n${
    scannedText.packed.toString("latin1")
  }\nendstream`
const manyClauses = Array.from(
  { length: 12 },
  (_, i) => line(`Clause ${i} says what is covered, and what is not.`, 60, 700 - 20 * i)
).join("")
const unread = async (pages: ReadonlyArray<string>, more: Parameters<typeof rawPdf>[1]) =>
  (await readPdf(rawPdf(pages, more))).leftOut.map(({ count, kind, page: on }) => `${kind} ${on} ${count}`)

describe("a small picture on a page full of text", () => {
  const drawn = (width: number) => `q ${width} 0 0 25 60 100 cm /Scan Do Q `
  const more = { objects: [picture], resources: "/XObject << /Scan 5 0 R >>" }

  it("is named, for it may be a signature", async () => {
    assert.deepStrictEqual(await unread([manyClauses + drawn(120), manyClauses], more), ["picture 1 1"])
  })

  it("is not named if it is tiny, or if it is a logo at the same place on each page", async () => {
    assert.deepStrictEqual(await unread([manyClauses + drawn(20), manyClauses], more), [])
    assert.deepStrictEqual(await unread(Array.from({ length: 3 }, () => manyClauses + drawn(120)), more), [])
  })

  it("is named if it is a stamp's", async () => {
    const form = (content: string, resources: string) =>
      `<< /Type /XObject /Subtype /Form /BBox [0 0 150 50] /Resources << /XObject << ${resources} >> >> ` +
      `/Length ${content.length} >>\nstream\n${content}\nendstream`
    const stamp = (flags: number) =>
      unread([manyClauses], {
        objects: [
          picture,
          `<< /Type /Annot /Subtype /Stamp /Rect [60 100 210 150] /F ${flags} /AP << /N 7 0 R >> >>`,
          form("/Inner Do", "/Inner 8 0 R"),
          form("q 150 0 0 50 0 0 cm /Scan Do Q", "/Scan 5 0 R")
        ],
        page: "/Annots [6 0 R]"
      })
    assert.deepStrictEqual(await stamp(4), ["picture 1 1"])
    assert.deepStrictEqual(await stamp(2), [])
  })
})

describe("a scan that is upside down under an upright stamp", () => {
  it("is read", async () => {
    const content = `q -456 0 0 -72 516 672 cm /Scan Do Q ${line("RECEIVED 3 May 2024", 60, 580)}`
    const { leftOut, markdown } = await readPdf(
      rawPdf([content], { objects: [picture], resources: "/XObject << /Scan 5 0 R >>", page: small })
    )
    assert.include(markdown.replaceAll(/\s+/g, " "), "The policy covers damage by water, and also by fire.")
    assert.include(markdown, "RECEIVED 3 May 2024")
    assert.deepStrictEqual(leftOut, [])
  }, 180_000)
})

describe("pages of a PDF that are read again by OCR", () => {
  it("are read from their pictures although they have a text layer, and no other page is", async () => {
    const pages = [line("The first page", 60, 740), line("Moorings are inspected", 60, 740)]
    const bytes = Uint8Array.from(rawPdf(pages, { page: smallTop }))
    const task = { bytes, filename: "a.pdf", limits: { maxPages: 2, maxScans: 0 }, languages: ["eng"], ocrPages: [2] }
    const { comparison, markdown } = await parseDocument(task, () => {})
    assert.strictEqual(markdown, "<!-- page 1 -->\n\n<!-- page 2 -->\n\nMoorings are inspected\n")
    assert.isUndefined(comparison)
  }, 180_000)
})

describe("a font of a PDF that does not say which letters its glyphs are", () => {
  const objects = [
    "<< /Type /Font /Subtype /Type0 /BaseFont /Nameless /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Nameless /DW 600 /FontDescriptor 7 0 R " +
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
    "<< /Type /FontDescriptor /FontName /Nameless /Flags 4 /FontBBox [0 0 600 800] /ItalicAngle 0 /Ascent 800 " +
    "/Descent 0 /CapHeight 800 /StemV 80 >>"
  ]
  const glyphs = (count: number, y: number) =>
    `BT /F3 11 Tf 60 ${y} Td <${
      Array.from({ length: count }, (_, i) => `00${(16 + i % 60).toString(16)}`).join("")
    }> Tj ET\n`

  it("a PDF of such glyphs is refused instead of being stored as other letters", async () => {
    const failure = await readPdf(rawPdf([glyphs(60, 700)], { objects, fonts: "/F3 5 0 R", page: smallTop })).catch(
      String
    )
    assert.include(failure, "do not map its glyphs to letters")
  }, 180_000)

  it(
    "a PDF of such glyphs is read from its pictures, also if there are spaces or known letters between them",
    async () => {
      const drawn = (text: string, x: number, y: number) => `BT 3 Tr /F3 12 Tf ${x} ${y} Td ${text} Tj ET\n`
      const hidden = [655, 615].flatMap((y) =>
        [60, 220, 380].map((x) => drawn("<00100011001200130014001500160017>", x, y))
      )
      const { leftOut, markdown } = await readPdf(
        rawPdf([`q 456 0 0 72 60 600 cm /Scan Do Q ${hidden.join("")}`], {
          objects: [...objects, picture],
          page: small,
          fonts: "/F3 5 0 R",
          resources: "/XObject << /Scan 8 0 R >>"
        })
      )
      assert.include(markdown.replaceAll(/\s+/g, " "), "The policy covers damage by water, and also by fire.")
      assert.deepStrictEqual(leftOut, [])
    },
    180_000
  )

  it("a few of them in a text are counted", async () => {
    const text = line("A long text is there beside them, and can be read.", 60, 740)
    const { leftOut } = await readPdf(rawPdf([text + glyphs(4, 700)], { objects, fonts: "/F3 5 0 R" }))
    assert.deepStrictEqual(leftOut.map(({ count, kind }) => ({ kind, count })), [{ kind: "glyphs", count: 4 }])
  })
})
