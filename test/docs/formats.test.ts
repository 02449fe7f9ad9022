/** The lists of formats, in docs/limits.md and the README, against what is taken: a file of each extension is tried. */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { parseDocument } from "../../layers/DocumentParser/local/parseDocument.ts"
import { ParseFailure } from "../../layers/DocumentParser/local/ParseFailure.ts"
import { localNames } from "../../src/domain/formats.ts"
import { judgeFile } from "../../src/domain/judgeFile.ts"
import { makePdf } from "../support/builders/makePdf.ts"
import { makeDocx, makeZip } from "../support/builders/makeZip.ts"
import { page } from "../support/builders/parse.ts"
import { line } from "../support/builders/word.ts"

const text = (content: string) => new TextEncoder().encode(content)
const ole = (stream: string) => Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.from(stream, "utf16le")])
/** Its type comes first, as it is. */
const book = (type: string) => {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50)
  head.writeUInt32LE(type.length, 18)
  head.writeUInt16LE("mimetype".length, 26)
  return Buffer.concat([head, Buffer.from(`mimetype${type}`), Buffer.alloc(64)])
}

const workbook = makeZip([
  { name: "xl/workbook.xml", content: "<workbook><sheets><sheet name=\"Fees\" r:id=\"r0\"/></sheets></workbook>" },
  {
    name: "xl/_rels/workbook.xml.rels",
    content: "<Relationships><Relationship Id=\"r0\" Type=\"x/worksheet\" Target=\"s.xml\"/></Relationships>"
  },
  { name: "xl/s.xml", content: "<worksheet><sheetData><row><c><v>310</v></c></row></sheetData></worksheet>" }
])
const slides = makeZip([
  {
    name: "ppt/presentation.xml",
    content: "<p:presentation><p:sldIdLst><p:sldId r:id=\"r0\"/></p:sldIdLst></p:presentation>"
  },
  {
    name: "ppt/_rels/presentation.xml.rels",
    content: "<Relationships><Relationship Id=\"r0\" Type=\"x/slide\" Target=\"s.xml\"/></Relationships>"
  },
  {
    name: "ppt/s.xml",
    content: "<p:sld><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>Fees</a:t></a:r></a:p></p:txBody></p:sp>"
      + "</p:spTree></p:cSld></p:sld>"
  }
])

/** By the usual extension of their type. */
const samples: Readonly<Record<string, Uint8Array>> = {
  pdf: makePdf([page("Rent is 310 crowns.")]),
  docx: makeDocx(line("Rent is 310 crowns.")),
  xlsx: workbook,
  pptx: slides,
  doc: ole("WordDocument"),
  xls: ole("Workbook"),
  ppt: ole("PowerPoint Document"),
  odt: book("application/vnd.oasis.opendocument.text"),
  epub: book("application/epub+zip"),
  rtf: text("{\\rtf1 Rent}"),
  zip: makeZip([{ name: "a.txt", content: "Rent" }]),
  exe: text("MZ\u0000\u0000"),
  png: Buffer.from("89504e470d0a1a0a", "hex"),
  jpg: Buffer.from("ffd8ffe0", "hex"),
  tif: Buffer.from("49492a00", "hex"),
  gif: text("GIF89a"),
  eml: text("Subject: Rent\n\nIt is 310 crowns."),
  mht: text("MIME-Version: 1.0\nContent-Type: text/html\n\n<p>Rent is 310 crowns.</p>"),
  html: text("<p>Rent is 310 crowns.</p>"),
  md: text("# Rent"),
  csv: text("no,name\n1,Ibis"),
  txt: text("Rent is 310 crowns.")
}
const pictures: ReadonlyArray<string> = ["png", "jpg", "tif"]

const rows = readFileSync("docs/limits.md", "utf8").split("\n").flatMap((each) => {
  const [, name = "", extensions, local, taken] = /^\| (.+) \| (`\..+) \| (yes|no) \| (yes|no) \|$/.exec(each) ?? []
  const names = extensions?.match(/[a-z0-9]+/g) ?? []
  return names.length === 0 ? [] : [{ name, names, local: local === "yes", taken: taken === "yes" }]
})

const outcomeOf = async (filename: string, bytes: Uint8Array): Promise<string> => {
  const task = { bytes: Uint8Array.from(bytes), filename, limits: { maxPages: 9, maxScans: 0 }, languages: ["eng"] }
  try {
    await parseDocument(task, () => {})
    return "parsed"
  } catch (cause) {
    return cause instanceof ParseFailure ? cause.code : String(cause)
  }
}

describe("the lists of formats", () => {
  it("docs/limits.md lists every type of file that has an extension", () => {
    assert.sameMembers(rows.map(({ names }) => names[0] ?? ""), Object.keys(samples))
  })

  it.each(rows)("docs/limits.md says what becomes of $name", async ({ local, names, taken }) => {
    const bytes = samples[names[0] ?? ""] ?? new Uint8Array()
    for (const extension of names) {
      const filename = `a.${extension}`
      assert.strictEqual(judgeFile(filename, bytes)._tag === "Accepted", taken, `${filename} is taken`)
      const outcome = await outcomeOf(filename, bytes)
      // The samples of pictures have no content.
      if (local && pictures.includes(names[0] ?? "")) assert.notStrictEqual(outcome, "UNSUPPORTED_TYPE", filename)
      else assert.strictEqual(outcome === "parsed", local, `${filename}: ${outcome}`)
    }
  })

  it("the README lists what the local parser reads", () => {
    assert.include(readFileSync("README.md", "utf8"), `(${localNames.join(", ")})`)
  })
})
