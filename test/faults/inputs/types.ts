/** Files that are mislabelled, broken, locked or hostile. */
import { Effect } from "effect"
import { createServer } from "node:http"
import { makePdf } from "../../support/builders/makePdf.ts"
import { makeDocx, makeZip } from "../../support/builders/makeZip.ts"
import { historyOf } from "../../support/databases/records.ts"
import { chunksOf, mustLeaveNothing, startApi } from "../api.ts"
import type { Case } from "../Case.ts"
import { count, must } from "../judge.ts"

const page = (...lines: ReadonlyArray<string>) => lines.map((text, i) => ({ text, x: 60, y: 740 - 14 * i }))
const latin1 = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0))
const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`

/** A document that fails with this code, at once and permanently. */
const mustFail = Effect.fnUntraced(
  function*(
    job: { readonly job_id: string; readonly status: string; readonly code: string | null },
    codes: ReadonlyArray<string>
  ) {
    yield* must(
      job.status === "failed_parse" && codes.includes(job.code ?? ""),
      `It ended as ${job.status} with ${job.code}.`
    )
    const history = yield* historyOf(job.job_id)
    yield* must(!history.some((step) => step.includes("retry")), `It was retried: ${history.join("; ")}.`)
    const paid = yield* count("SELECT count(*) FROM embedding_ledger")
    yield* must(paid === 0, "Embeddings were bought.")
  }
)

export const cases: ReadonlyArray<Case> = [
  {
    id: "B3",
    title: "files named .pdf with the bytes of an archive, a program, an HTML page and plain text",
    expected: "415 after the first bytes, and nothing is left.",
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const zip = makeZip([{ name: "a.txt", content: "x" }])
      const contents = [
        zip,
        latin1("MZ\u0090\0\u0003\0\0\0"),
        latin1("<html><body>a page</body></html>"),
        latin1("words")
      ]
      for (const content of contents) {
        yield* mustLeaveNothing(yield* upload("report.pdf", content), 415, "TYPE_MISMATCH")
      }
      yield* mustLeaveNothing(yield* upload("all.zip", zip), 415, "UNSUPPORTED_TYPE")
      yield* mustLeaveNothing(yield* upload("tool.exe", latin1("MZ\u0090\0\u0003")), 415, "UNSUPPORTED_TYPE")
      return "415 six times; nothing is left."
    })
  },
  {
    id: "B4",
    title: "files protected by a password",
    expected: "failed_parse with ENCRYPTED, without a retry.",
    run: Effect.gen(function*() {
      const { ingest } = yield* startApi({ worker: true })
      const docx = makeDocx(paragraph("words"), [{ name: "word/secret.xml", content: "x", encrypted: true }])
      yield* mustFail(yield* ingest("locked.docx", docx), ["ENCRYPTED"])
      const id = "<00112233445566778899aabbccddeeff>"
      const trailer = `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${"00".repeat(32)}> /U <${
        "11".repeat(32)
      }> /P -4 >> /ID [${id} ${id}] /Root 1 0 R`
      const pdf = Buffer.from(makePdf([page("words")])).toString("latin1").replace("/Root 1 0 R", trailer)
      yield* mustFail(yield* ingest("locked.pdf", latin1(pdf)), ["ENCRYPTED"])
      return "ENCRYPTED for a PDF and for a Word document."
    })
  },
  {
    id: "B5",
    title: "PDFs that are truncated or have a broken object table",
    expected: "failed_parse with PARSE_CORRUPT and no retry, or the text if it can be recovered.",
    run: Effect.gen(function*() {
      const { ingest } = yield* startApi({ worker: true })
      const pdf = makePdf([page("Words that can be read.")])
      yield* mustFail(yield* ingest("cut.pdf", pdf.slice(0, 60)), ["PARSE_CORRUPT"])
      const rest = latin1(`%PDF-1.7\n${"\u0001\u0002\u0003 no object ".repeat(500)}`)
      yield* mustFail(yield* ingest("noise.pdf", rest), ["PARSE_CORRUPT"])
      const misplaced = latin1(Buffer.from(pdf).toString("latin1").replace(/startxref\n\d+/, "startxref\n7"))
      const saved = yield* ingest("xref.pdf", misplaced)
      yield* must(saved.status === "complete" || saved.code === "PARSE_CORRUPT", `xref: ${saved.status} ${saved.code}.`)
      return `PARSE_CORRUPT twice; the wrong object table ended as ${saved.status}.`
    })
  },
  {
    id: "B6",
    title: "a scan without a text layer, and an empty page",
    expected: "The scan is read by OCR; an empty page is NO_TEXT, never complete with 0 chunks.",
    run: Effect.gen(function*() {
      const { ingest } = yield* startApi({ worker: true })
      const scan = yield* ingest("scan.pdf", makePdf([[{ at: [304, 0, 0, 48, 60, 700] }]]))
      yield* must(scan.status === "complete", `The scan ended as ${scan.status} ${scan.code}.`)
      const read = yield* chunksOf(scan)
      yield* must(read.some(({ text }) => text.includes("damage by water")), "OCR did not read it.")
      const before = yield* count("SELECT count(*) FROM upload_jobs WHERE status = 'complete'")
      const blank = yield* ingest("blank.pdf", makePdf([[]]))
      yield* must(
        blank.status === "failed_parse" && blank.code === "NO_TEXT",
        `It ended as ${blank.status} ${blank.code}.`
      )
      yield* must(before === 1, "Another document is complete.")
      return "OCR read the scan; the blank page is NO_TEXT."
    })
  },
  {
    id: "B7",
    title: "a PDF of 10,000 pages",
    expected: "failed_parse with TOO_MANY_PAGES before any cost arises, while other documents complete.",
    run: Effect.gen(function*() {
      const { ingest } = yield* startApi({ worker: true })
      const long = makePdf(Array.from({ length: 10_000 }, (_, n) => page(`Page ${n}`)))
      const [job, other] = yield* Effect.all([ingest("long.pdf", long), ingest("short.md", "# Short\n\nA letter.\n")], {
        concurrency: 2
      })
      yield* must(other.status === "complete", `The other ended as ${other.status} ${other.code}.`)
      yield* must(
        job.status === "complete" ||
          (job.status === "failed_parse" && ["TOO_MANY_PAGES", "PARSE_TOO_COMPLEX"].includes(job.code ?? "")),
        `It ended as ${job.status} ${job.code}.`
      )
      return `It ended as ${job.status} ${job.code ?? ""} after ${job.seconds.toFixed(1)} s.`
    })
  },
  {
    id: "B8",
    title: "archives that unpack to enormous sizes",
    expected: "failed_parse with EXPANSION_LIMIT or PARSE_TOO_COMPLEX, even if the archive's directory lies; the "
      + "worker survives.",
    run: Effect.gen(function*() {
      const { ingest } = yield* startApi({ worker: true })
      const zeros = Buffer.alloc(20_000_000)
      const bomb = (more: object) =>
        makeDocx(paragraph("words"), [{ name: "word/media/a.bin", content: zeros, ...more }])
      yield* mustFail(yield* ingest("bomb.docx", bomb({})), ["EXPANSION_LIMIT"])
      yield* mustFail(yield* ingest("lying.docx", bomb({ claimedSize: 10 })), ["EXPANSION_LIMIT"])
      let nest = makeZip([{ name: "a.txt", content: zeros }])
      for (let depth = 0; depth < 20; depth++) nest = makeZip([{ name: `${depth}.zip`, content: nest }])
      const nested = yield* ingest(
        "nested.docx",
        makeDocx(paragraph("words"), [{ name: "word/nested.zip", content: nest }])
      )
      const after = yield* ingest("after.md", "# After\n\nA letter.\n")
      yield* must(after.status === "complete", `The next one ended as ${after.status} ${after.code}.`)
      return `EXPANSION_LIMIT twice; nested archives are not unpacked (${nested.status}); the next document is complete.`
    })
  },
  {
    id: "B9",
    title: "a PDF with JavaScript, a launch action and an attachment",
    expected: "Only its text is read; nothing is executed.",
    run: Effect.gen(function*() {
      const { ingest } = yield* startApi({ worker: true })
      const evil =
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /O << /S /Launch /F (calc.exe) >> >> " +
        "/Names << /EmbeddedFiles << /Names [(a.exe) << /F (a.exe) >>] >> >> /Type /Catalog"
      const pdf = Buffer.from(makePdf([page("Water damage is covered.")])).toString("latin1")
      const job = yield* ingest("evil.pdf", latin1(pdf.replace("/Type /Catalog", evil)))
      yield* must(job.status === "complete", `It ended as ${job.status} ${job.code}.`)
      const text = (yield* chunksOf(job)).map((chunk) => chunk.text).join("\n")
      yield* must(text.includes("Water damage is covered.") && !/alert|calc|a\.exe/.test(text), `Its text is ${text}.`)
      return "Complete with its text and without its actions."
    })
  },
  {
    id: "B10",
    title: "documents with links to a cloud's metadata service, to files and to a listening server",
    expected: "They stay text; none is requested.",
    run: Effect.gen(function*() {
      let calls = 0
      const port = yield* Effect.acquireRelease(
        Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
          const server = createServer((_, response) => {
            calls++
            response.end("called")
          })
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            resume(
              Effect.succeed({
                port: typeof address === "object" ? address?.port ?? 0 : 0,
                close: () => server.close()
              })
            )
          })
        }),
        ({ close }) => Effect.sync(close)
      )
      const { ingest } = yield* startApi({ worker: true })
      const links = [
        `http://127.0.0.1:${port.port}/a.png`,
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd"
      ]
      const markdown = links.map((link) => `Covered, see ![a](${link}) and [b](${link}) and <${link}>.`).join("\n\n")
      const html = `<html><head><link rel="stylesheet" href="${links[0]}"><base href="${
        links[0]
      }"></head><body><h1>Cover</h1>${
        links.map((link) => `<p>Text <img src="${link}"><iframe src="${link}"></iframe><a href="${link}">b</a></p>`)
          .join("")
      }<script src="${links[0]}"></script></body></html>`
      for (const [name, content] of [["a.md", markdown], ["a.html", html]] as const) {
        const job = yield* ingest(name, content)
        yield* must(job.status === "complete", `${name} ended as ${job.status} ${job.code}.`)
        const text = (yield* chunksOf(job)).map((chunk) => chunk.text).join("\n")
        yield* must(!/root:|called/.test(text), "A link's target is in the text.")
      }
      yield* must(calls === 0, `The server was called ${calls} times.`)
      return "Both complete; no request was made."
    })
  },
  {
    id: "B11",
    title: "an external entity in a Word document",
    expected: "It is not resolved.",
    run: Effect.gen(function*() {
      const { ingest } = yield* startApi({ worker: true })
      const evil =
        `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` +
        `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Words &e; &b;</w:t></w:r></w:p></w:body></w:document>`
      const rels =
        `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type=` +
        `"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
      const types = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
      const job = yield* ingest(
        "a.docx",
        makeZip([
          { name: "[Content_Types].xml", content: types },
          { name: "_rels/.rels", content: rels },
          { name: "word/document.xml", content: evil }
        ])
      )
      const text = (yield* chunksOf(job)).map((chunk) => chunk.text).join("\n")
      yield* must(!text.includes("root:"), "The file is in the text.")
      yield* must(job.status === "complete" || job.status === "failed_parse", `It ended as ${job.status}.`)
      return `It ended as ${job.status} ${job.code ?? ""}; the file is not in the text.`
    })
  }
]
