import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash, randomUUID } from "node:crypto"
import { request as httpRequest } from "node:http"
import { localUserId, UserId } from "../../src/domain/Ids.ts"
import { anUpload } from "../support/builders/jobInMemory.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"
import { MeteredStorage } from "../support/stubs/MeteredStorage.ts"
import { Pipeline } from "../twins/Pipeline.ts"

const markdown = "# Policy\n\nWater damage is covered.\n"
const sha = (content: string) => createHash("sha256").update(content).digest("hex")
const authorization = { authorization: `Bearer ${keyOf("user")}` }
const live = (name: string, body: Effect.Effect<void, unknown, TestApi | MeteredStorage | Pipeline>) =>
  it.live(name, () => Effect.provide(body, testApi({ maxUploadBytes: 2_000_000 })))

describe("an accepted upload", () => {
  live(
    "an accepted upload is stored under its document's id and answered with its job and links",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const { body, headers, status } = yield* upload(formOf("policy.md", markdown))
      assert.strictEqual(status, 202)
      assert.strictEqual(headers.get("location"), `/api/v1/jobs/${body["job_id"]}`)
      assert.deepInclude(body, {
        duplicate: false,
        filename: "policy.md",
        media_type: "text/markdown",
        bytes: markdown.length,
        raw_sha256: sha(markdown),
        status: "uploaded",
        error_code: null,
        last_error: null
      })
      assert.deepInclude(body["links"], {
        self: `/api/v1/jobs/${body["job_id"]}`,
        events: `/api/v1/jobs/${body["job_id"]}/events`,
        chunks: `/api/v1/documents/${body["document_id"]}/chunks`
      })
      const stored = { bytes: markdown.length, sha256: sha(markdown), mediaType: "text/markdown" }
      const path = String(body["raw_path"])
      assert.isTrue(path.startsWith(`raw/${localUserId}/${body["document_id"]}-`) && path.endsWith(".md"), path)
      assert.deepStrictEqual([...objects], [[path, stored]])
    })
  )

  live(
    "may have its fields before or after the file",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const { entries } = yield* Pipeline
      for (const place of ["before", "after"] as const) {
        const document_id = randomUUID()
        const fields = { document_id, metadata: "{\"policy\":\"home\"}", priority: "7", force: "true" }
        const { body, status } = yield* upload(formOf("policy.md", markdown, { [place]: fields }))
        assert.strictEqual(status, 202)
        assert.strictEqual(body["document_id"], document_id)
        assert.isTrue(objects.has(String(body["raw_path"])))
        assert.include(body["raw_path"], `raw/${localUserId}/${document_id}-`)
        assert.deepInclude(entries.get(document_id)?.document, { priority: 7, metadata: { policy: "home" } })
      }
      assert.strictEqual(objects.size, 2)
    })
  )

  live(
    "an accepted upload carries the caller's correlation id and trace into its rows",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { entries } = yield* Pipeline
      const id = randomUUID()
      const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      const { body, headers } = yield* upload(formOf("a.txt", "text"), { "x-correlation-id": id, traceparent })
      assert.strictEqual(headers.get("x-correlation-id"), id)
      assert.strictEqual(body["correlation_id"], id)
      const [entry] = entries.values()
      assert.include(entry?.document.traceparent, "4bf92f3577b34da6a3ce929d0e0e4736")
    })
  )

  live(
    "an accepted upload is stored under a cleaned name",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const { body, status } = yield* upload(formOf("../../etc/\u202epasswörd – 保険.md", markdown))
      assert.strictEqual(status, 202)
      assert.strictEqual(body["filename"], "passwörd – 保険.md")
      assert.isTrue([...objects.keys()].every((path) => /^raw\/[0-9a-f-]{36}\/[0-9a-f-]{73}\.md$/.test(path)))
    })
  )
})

describe("a quote in the name of a file", () => {
  for (
    const [who, written] of [["a browser", "5%22 pipe%0D%0A.md"], ["curl", "5\\\" pipe.md"]] as const
  ) {
    live(
      `is kept as ${who} writes it`,
      Effect.gen(function*() {
        const { request } = yield* TestApi
        const head = `content-disposition: form-data; name="file"; filename="${written}"`
        const { body, status } = yield* request("/api/v1/documents", {
          method: "POST",
          headers: { "content-type": "multipart/form-data; boundary=x" },
          body: `--x\r\n${head}\r\n\r\n${markdown}\r\n--x--\r\n`
        })
        assert.strictEqual(status, 202)
        assert.strictEqual(body["filename"], "5\" pipe.md")
      })
    )
  }
})

describe("the same bytes again", () => {
  live(
    "return the first job, and leave one object",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const first = yield* upload(formOf("a.md", markdown))
      const again = yield* upload(formOf("b.md", markdown))
      assert.strictEqual(again.status, 200)
      assert.strictEqual(again.body["job_id"], first.body["job_id"])
      assert.strictEqual(again.body["duplicate"], true)
      assert.strictEqual(objects.size, 1)
    })
  )

  live(
    "the same bytes again are processed again if forced",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      yield* upload(formOf("a.md", markdown))
      const again = yield* upload(formOf("a.md", markdown, { after: { force: "true" } }))
      assert.strictEqual(again.status, 202)
      assert.strictEqual(objects.size, 2)
    })
  )
})

describe("a document id that is taken", () => {
  live(
    "a document id that is taken is a conflict that leaves the first document's file unchanged",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const before = { document_id: randomUUID() }
      yield* upload(formOf("a.md", markdown, { before }))
      const stored = [...objects]
      for (const content of ["other text", markdown]) {
        const { body, status } = yield* upload(formOf("a.md", content, { before }))
        assert.strictEqual(status, 409)
        assert.strictEqual(body["code"], "DOCUMENT_ID_TAKEN")
        assert.deepStrictEqual([...objects], stored)
      }
    })
  )

  live(
    "a document id used by another user is free: ids are per user",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const { accept } = yield* Pipeline
      const { documentId } = yield* accept(anUpload({ userId: UserId.make(randomUUID()) }))
      const { body, status } = yield* upload(formOf("a.md", markdown, { before: { document_id: documentId } }))
      assert.strictEqual(status, 202)
      assert.strictEqual(body["document_id"], documentId)
      assert.strictEqual(objects.size, 1)
    })
  )
})

const zip = "PK\u0003\u0004" + "\0".repeat(60)
const refusals: ReadonlyArray<
  readonly [what: string, name: string, content: string | Buffer<ArrayBuffer>, status: number, code: string]
> = [
  ["an empty file", "empty.pdf", "", 422, "EMPTY_FILE"],
  ["a file over the limit", "long.txt", "long ".repeat(500_000), 413, "FILE_TOO_LARGE"],
  ["a program", "tool.exe", Buffer.from("MZ\u0090\0\u0003\0\0\0", "latin1"), 415, "UNSUPPORTED_TYPE"],
  ["an image", "photo.gif", Buffer.from("GIF89a\0\0", "latin1"), 415, "UNSUPPORTED_TYPE"],
  ["an archive", "all.zip", Buffer.from(zip, "latin1"), 415, "UNSUPPORTED_TYPE"],
  ["unknown binary data", "data.bin", Buffer.from([0, 1, 2, 3, 255, 0, 0]), 415, "UNSUPPORTED_TYPE"],
  ["text that calls itself a PDF", "report.pdf", "just text", 415, "TYPE_MISMATCH"],
  ["a program that calls itself a PDF", "report.pdf", Buffer.from("MZ\u0090\0", "latin1"), 415, "TYPE_MISMATCH"]
]

describe("an upload that is refused", () => {
  for (const [what, name, content, expected, code] of refusals) {
    live(
      `for being ${what} leaves nothing behind`,
      Effect.gen(function*() {
        const { upload } = yield* TestApi
        const { objects } = yield* MeteredStorage
        const { entries } = yield* Pipeline
        const { body, headers, status } = yield* upload(formOf(name, content))
        assert.strictEqual(status, expected)
        assert.strictEqual(headers.get("content-type"), "application/problem+json")
        assert.strictEqual(body["code"], code)
        assert.strictEqual(objects.size, 0)
        assert.strictEqual(entries.size, 0)
      })
    )
  }

  live(
    "an upload that is refused for its announced length is not read",
    Effect.gen(function*() {
      const { url } = yield* TestApi
      const storage = yield* MeteredStorage
      const status = yield* Effect.callback<number | undefined>((resume) => {
        const request = httpRequest(new URL("/api/v1/documents", url), {
          method: "POST",
          headers: { ...authorization, "content-type": "multipart/form-data; boundary=x", "content-length": 10_000_000 }
        }, (response) => {
          resume(Effect.succeed(response.statusCode))
          request.destroy()
        })
        request.on("error", () => undefined)
        request.write("--x\r\n")
      })
      assert.strictEqual(status, 413)
      assert.strictEqual(storage.objects.size, 0)
    })
  )

  live(
    "damaged or encrypted documents are not refused on upload: the parser decides",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { status } = yield* upload(formOf("broken.pdf", "%PDF-1.7\nand then nothing"))
      assert.strictEqual(status, 202)
    })
  )
})
