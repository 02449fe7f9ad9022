import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { answerTask } from "../../layers/DocumentParser/local/threads/answerTask.ts"
import { chunkers } from "../../src/chunking/chunkers.ts"
import { countTokens, piecesOf } from "../../src/mocks/openai/Pieces.ts"
import { makeZip } from "../support/builders/makeZip.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"

const relation = (type: string, target: string) =>
  `<Relationships><Relationship Id="r0" Type="x/${type}" Target="${target}"/></Relationships>`

const clause = (n: number) => `Clause ${n}: the insurer pays for water that escapes from pipes, up to $${n}00 a year.`
const clauses = Array.from({ length: 60 }, (_, n) => clause(n))

const workbook = makeZip([
  { name: "[Content_Types].xml", content: "<Types/>" },
  { name: "_rels/.rels", content: relation("officeDocument", "xl/workbook.xml") },
  {
    name: "xl/workbook.xml",
    content: "<workbook><sheets><sheet name=\"Clauses\" r:id=\"r0\"/></sheets></workbook>"
  },
  { name: "xl/_rels/workbook.xml.rels", content: relation("worksheet", "s.xml") },
  {
    name: "xl/s.xml",
    content: `<worksheet><sheetData>${
      clauses.map((text, n) => `<row r="${n + 1}"><c r="A${n + 1}" t="str"><v>${text}</v></c></row>`).join("")
    }</sheetData></worksheet>`
  }
])

const slides = makeZip([
  { name: "[Content_Types].xml", content: "<Types/>" },
  { name: "_rels/.rels", content: relation("officeDocument", "ppt/presentation.xml") },
  {
    name: "ppt/presentation.xml",
    content: "<p:presentation><p:sldIdLst><p:sldId id=\"1\" r:id=\"r0\"/></p:sldIdLst></p:presentation>"
  },
  { name: "ppt/_rels/presentation.xml.rels", content: relation("slide", "slides/s.xml") },
  {
    name: "ppt/slides/s.xml",
    content: `<p:sld><p:cSld><p:spTree><p:sp><p:txBody>${
      clauses.map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`).join("")
    }</p:txBody></p:sp></p:spTree></p:cSld></p:sld>`
  }
])

const mail = [
  "From: a@example.com",
  "Subject: Your clauses",
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: base64",
  "",
  Buffer.from(clauses.join("\n\n")).toString("base64").replaceAll(/.{76}/g, "$&\r\n")
].join("\r\n")

layer(Layer.merge(testApi(), NodeServices.layer), { excludeTestServices: true })("a quote", (it) => {
  it.effect("is within a fifth of the tokens that the parsed document has, in every format", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { request } = yield* TestApi
      const folder = "examples/documents"
      const examples = yield* Effect.forEach(
        yield* fs.readDirectory(folder),
        (name) => Effect.map(fs.readFile(`${folder}/${name}`), (bytes) => [name, Buffer.from(bytes)] as const)
      )
      const cases = [
        ...examples,
        ["clauses.xlsx", Buffer.from(workbook)],
        ["clauses.pptx", Buffer.from(slides)],
        ["clauses.eml", Buffer.from(mail)],
        ["clauses.csv", Buffer.from(clauses.map((text, n) => `${n},"${text}"`).join("\n"))]
      ] as const
      for (const [filename, content] of cases) {
        const { body } = yield* request("/api/v1/quotes", { method: "POST", body: formOf(filename, content) })
        assert.deepInclude(body, { basis: "text" }, filename)
        const parsed = yield* Effect.promise(() =>
          answerTask(
            { bytes: Uint8Array.from(content), filename, limits: { maxPages: 9, maxScans: 0 }, languages: ["eng"] },
            () => {}
          )
        )
        assert.strictEqual(parsed._tag, "Parsed", filename)
        const markdown = parsed._tag === "Parsed" ? Buffer.from(parsed.markdown).toString() : ""
        const tokens = Array.from(
          chunkers["markdown-structure@1"](markdown, filename),
          ({ text }) => countTokens(piecesOf(text))
        ).reduce((sum, count) => sum + count, 0)
        const ratio = Number(body["estimated_tokens"]) / tokens
        assert.isTrue(ratio > 0.8 && ratio < 1.2, `${filename}: ${body["estimated_tokens"]} instead of ${tokens}`)
      }
    }))
})
