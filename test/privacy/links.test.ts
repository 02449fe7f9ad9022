/** Links in documents are never fetched: a server that each of these documents links to gets no request. */
import { NodeFileSystem, NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option, Redacted, Result } from "effect"
import { DocumentParserLlamaParse } from "../../layers/DocumentParser/LlamaParse.ts"
import { DocumentParserLocal } from "../../layers/DocumentParser/Local.ts"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { assemblePdf } from "../support/builders/makePdf.ts"
import { makeDocx } from "../support/builders/makeZip.ts"
import { requestOf } from "../support/builders/parse.ts"
import { serveStub } from "../support/stubs/HttpStub.ts"

const relations = (...targets: ReadonlyArray<readonly [type: string, target: string]>) =>
  `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${
    targets.map(([type, target], index) =>
      `<Relationship Id="rId${index + 1}" TargetMode="External" Target="${target}" ` +
      `Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}"/>`
    ).join("")
  }</Relationships>`

const drawing = (attribute: string) =>
  "<w:p><w:r><w:drawing><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\">" +
  "<a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><a:graphicData>" +
  "<pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:blipFill>" +
  "<a:blip xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" " +
  `${attribute}/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`

const words = "<w:p><w:r><w:t>The words of the document.</w:t></w:r></w:p>"

/** By kind of link: documents that would make their reader call `url` or read `file`. */
const documents = (url: string, file: string): Readonly<Record<string, readonly [string, string | Uint8Array]>> => ({
  "an HTML page": [
    "a.html",
    `<!DOCTYPE html SYSTEM "${url}dtd"><html><head><base href="${url}">
    <link rel="stylesheet" href="${url}css"><link rel="preload" as="image" href="${url}preload">
    <meta http-equiv="refresh" content="0;url=${url}refresh"><script src="${url}js"></script>
    <style>@import "${url}import"; body { background: url(${url}bg) }</style></head>
    <body background="${url}body"><p>The words of the document.</p>
    <img src="${url}img" srcset="${url}srcset 2x"><img src="relative.png"><iframe src="${url}iframe"></iframe>
    <object data="${url}object"></object><embed src="${url}embed"><video poster="${url}poster" src="${url}video"></video>
    <svg><image href="${url}svg"/><use href="${url}use#a"/></svg><a href="${url}a" ping="${url}ping">link</a>
    <form action="${url}form"><input type="image" src="${url}input"></form><img src="file://${file}"></body></html>`
  ],
  "a page with entities": [
    "a.html",
    `<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "${url}entity"><!ENTITY f SYSTEM "file://${file}">` +
    `<!ENTITY % p SYSTEM "${url}parameter"> %p;]><html><body><p>The words of the document. &x; &f;</p></body></html>`
  ],
  "Markdown": [
    "a.md",
    `The words of the document.\n\n![image](${url}img) [link](${url}link) <${url}auto>\n\n<img src="${url}html">\n\n` +
    `[reference]\n\n[reference]: ${url}reference\n\n![file](file://${file})\n`
  ],
  "text": ["a.txt", `The words of the document. ${url}text\nfile://${file}\n`],
  "a Word document's relations": [
    "a.docx",
    makeDocx(words + drawing("r:link=\"rId1\"") + drawing("r:embed=\"rId1\"") + drawing("r:link=\"rId2\""), [
      {
        name: "word/_rels/document.xml.rels",
        content: relations(
          ["image", `${url}image`],
          ["image", `file://${file}`],
          ["hyperlink", `${url}link`],
          ["aFChunk", `${url}chunk`],
          ["oleObject", `${url}ole`],
          ["styles", `${url}styles`]
        )
      },
      { name: "word/_rels/settings.xml.rels", content: relations(["attachedTemplate", `${url}template`]) }
    ])
  ],
  "a Word document's picture field": [
    "a.docx",
    makeDocx(`${words}<w:p><w:fldSimple w:instr="INCLUDEPICTURE &quot;${url}field&quot; \\d"/></w:p>`)
  ],
  "a PDF": ["a.pdf", pdf(url, file)]
})

/** External entities, and one that expands to gigabytes. */
const withEntities = (url: string, file: string) =>
  [
    `<!ENTITY x SYSTEM "${url}entity">`,
    `<!ENTITY x SYSTEM "file://${file}">`,
    `<!ENTITY % p SYSTEM "${url}parameter"> %p;`,
    `<!ENTITY a "${"x".repeat(1_000)}">${
      Array.from("bcdefghijx", (name, n) => `<!ENTITY ${name} "${`&${"abcdefghij"[n]};`.repeat(10)}">`).join("")
    }`
  ].map((entity) =>
    makeDocx(words, [{
      name: "word/styles.xml",
      content: `<?xml version="1.0"?><!DOCTYPE w:styles [${entity}]>` +
        "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">&x;</w:styles>"
    }, {
      name: "word/_rels/document.xml.rels",
      content: relations(["styles", "styles.xml"]).replace("TargetMode=\"External\" ", "")
    }])
  )

const pdf = (url: string, file: string): Uint8Array => {
  const text = "BT /F1 11 Tf 60 740 Td (The words of the document.) Tj ET q 10 0 0 10 0 0 cm /Im Do Q"
  return assemblePdf([
    `<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /URI /URI (${url}open) >> /URI << /Base (${url}) >> ` +
    `/AA << /WC << /S /JavaScript /JS (app.launchURL\\("${url}js"\\)) >> >> ` +
    `/AcroForm << /Fields [] /XFA 8 0 R /NeedAppearances true >> >>`,
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Annots [5 0 R 9 0 R] " +
    `/AA << /O << /S /GoToR /F << /FS /URL /F (${url}remote) >> /D [0 /Fit] >> >> ` +
    "/Resources << /Font << /F1 6 0 R >> /XObject << /Im 7 0 R >> >> >>",
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    `<< /Type /Annot /Subtype /Link /Rect [0 0 600 800] /A << /S /URI /URI (${url}link) /Next << /S /SubmitForm ` +
    `/F << /FS /URL /F (${url}submit) >> >> >> >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    `<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 0 ` +
    `/F << /FS /URL /F (${url}image) >> >>\nstream\n\nendstream`,
    `<< /Length 200 >>\nstream\n${
      `<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><img href="${url}xfa"/></xdp:xdp>`.padEnd(200)
    }\nendstream`,
    `<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /Type /Filespec /F (${file}) >> >>`
  ])
}

const canary = Effect.gen(function*() {
  const heard: Array<string> = []
  const url = yield* serveStub((request) => {
    heard.push(request.url.pathname)
    return { status: 200, body: "canary" }
  })
  return { heard, url: url.href }
})

const canaryFile = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const file = yield* fs.makeTempFileScoped()
  yield* fs.writeFileString(file, "the-canary-in-a-file")
  return file
})

describe("a link in a document", () => {
  it.live("a link in a document is never followed by the local parser, and no file of this machine is read", () =>
    Effect.gen(function*() {
      const file = yield* canaryFile
      const parser = yield* DocumentParser
      const { heard, url } = yield* canary
      for (const [what, [filename, content]] of Object.entries(documents(url, file))) {
        const request = requestOf(filename, content)
        const { markdown } = Option.getOrThrow(yield* parser.result(yield* parser.submit(request), request))
        assert.include(markdown, "The words of the document.", what)
        assert.notInclude(markdown, "the-canary-in-a-file", what)
        assert.deepStrictEqual(heard, [], what)
      }
      yield* Effect.promise(() => fetch(url))
      assert.deepStrictEqual(heard, ["/"], "the canary server received nothing")
    }).pipe(Effect.provide(Layer.merge(DocumentParserLocal(), NodeFileSystem.layer))))

  it.live("a link in an XML entity is not read, whether or not the rest of the document is", () =>
    Effect.gen(function*() {
      const file = yield* canaryFile
      const parser = yield* DocumentParser
      const { heard, url } = yield* canary
      for (const content of withEntities(url, file)) {
        const request = requestOf("a.docx", content)
        const ending = yield* Effect.result(parser.result(yield* parser.submit(request), request))
        assert.notInclude(JSON.stringify(ending), "canary")
        if (Result.isFailure(ending)) assert.strictEqual(ending.failure.code, "PARSE_CORRUPT")
      }
      assert.deepStrictEqual(heard, [])
    }).pipe(Effect.provide(Layer.merge(DocumentParserLocal(), NodeFileSystem.layer))))

  it.live(
    "a link in the hosted parser's answer is not followed either: results come only from the parser's "
      + "own address",
    () =>
      Effect.gen(function*() {
        const { heard, url } = yield* canary
        const elsewhere = yield* serveStub(() => ({ status: 302, headers: { location: `${url}result` } }))
        const pages = { markdown: { pages: [{ page_number: 1, success: true, markdown: `![a](${url}img)` }] } }
        const job = { id: "pjb-1", status: "COMPLETED" }
        const own = yield* serveStub((request) => ({
          status: 200,
          body: request.url.search === ""
            ? { job, result_content_metadata: { markdown: { presigned_url: `${url}presigned` } } }
            : { job, ...pages }
        }))
        const resultAt = (address: URL) =>
          Effect.flatMap(DocumentParser, (parser) => parser.result("pjb-1", requestOf("a.pdf", "%PDF"))).pipe(
            Effect.provide(Layer.provide(
              DocumentParserLlamaParse({
                url: address,
                apiKey: Redacted.make("llx-1"),
                tier: "cost_effective",
                version: "latest",
                callTimeout: "5 seconds",
                uploadTimeout: "5 seconds"
              }),
              NodeHttpClient.layerUndici
            ))
          )
        assert.isTrue((yield* Effect.exit(resultAt(elsewhere)))._tag === "Failure")
        assert.include(Option.getOrThrow(yield* resultAt(own)).markdown, "![a]")
        assert.deepStrictEqual(heard, [])
      })
  )
})
