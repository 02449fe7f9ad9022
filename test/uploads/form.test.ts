/** The form of `POST /documents`: invalid forms, and interrupted uploads. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Schedule } from "effect"
import { request as httpRequest } from "node:http"
import { TransientError } from "../../src/domain/ServiceError.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"
import { MeteredStorage } from "../support/stubs/MeteredStorage.ts"
import { Pipeline } from "../twins/Pipeline.ts"

const markdown = "# Policy\n\nWater damage is covered.\n"
const authorization = { authorization: `Bearer ${keyOf("user")}` }
const live = (name: string, body: Effect.Effect<void, unknown, TestApi | MeteredStorage | Pipeline>) =>
  it.live(name, () => Effect.provide(body, testApi({ maxUploadBytes: 2_000_000 })))

const multipart = (body: string) => ({
  method: "POST",
  headers: { "content-type": "multipart/form-data; boundary=x" },
  body
})
const filePart = (name: string) =>
  `--x\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\nsome text\r\n`

const malformed: ReadonlyArray<readonly [what: string, body: string, code: string]> = [
  ["no part", "--x--\r\n", "FILE_MISSING"],
  ["no file", "--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\ntext\r\n--x--\r\n", "FILE_MISSING"],
  ["a file without a name", `${filePart("")}--x--\r\n`, "FILE_MISSING"],
  ["two files", `${filePart("a.txt")}${filePart("b.txt")}--x--\r\n`, "TOO_MANY_FILES"],
  [
    "a file under another name",
    `${filePart("a.txt").replace("name=\"file\"", "name=\"doc\"")}--x--\r\n`,
    "BAD_MULTIPART"
  ],
  ["no end", filePart("a.txt"), "BAD_MULTIPART"],
  ["another boundary", filePart("a.txt").replace("--x", "--y"), "BAD_MULTIPART"],
  ["nothing", "", "BAD_MULTIPART"],
  [
    "a header without an end",
    "--x\r\ncontent-disposition: form-data; name=file\"; filename=\"e.docx\"\r\u00b8\r\n\r\n--x--\r\n",
    "BAD_MULTIPART"
  ]
]

describe("a multipart body", () => {
  for (const [what, body, code] of malformed) {
    live(
      `with ${what} is refused and leaves nothing behind`,
      Effect.gen(function*() {
        const { request } = yield* TestApi
        const { objects } = yield* MeteredStorage
        const answer = yield* request("/api/v1/documents", multipart(body))
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(answer.body["code"], code)
        assert.strictEqual(objects.size, 0)
      })
    )
  }

  live(
    "a multipart body of another type is refused",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const headers = { "content-type": "application/json" }
      const answer = yield* request("/api/v1/documents", { method: "POST", headers, body: "{}" })
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(answer.body["code"], "BAD_MULTIPART")
    })
  )

  live(
    "a multipart body with unreadable fields says which",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const fields = [
        ["document_id", "7"],
        ["metadata", "[1]"],
        ["metadata", "{\"a\":\"\\u0000\"}"],
        ["metadata", "{\"\\ud800\":\"a\"}"],
        ["priority", "high"],
        ["force", "perhaps"]
      ] as const
      for (const [key, value] of fields) {
        const { body, status } = yield* upload(formOf("a.md", markdown, { before: { [key]: value } }))
        assert.strictEqual(status, 400)
        assert.match(JSON.stringify(body["errors"]), new RegExp(`"pointer":"/payload/${key}`))
        assert.strictEqual(objects.size, 0)
      }
    })
  )
})

describe("an upload that breaks off", () => {
  live(
    "an upload that breaks off leaves nothing behind",
    Effect.gen(function*() {
      const { url } = yield* TestApi
      const storage = yield* MeteredStorage
      const { entries } = yield* Pipeline
      const started = yield* Deferred.make<void>()
      const request = httpRequest(new URL("/api/v1/documents", url), {
        method: "POST",
        headers: { ...authorization, "content-type": "multipart/form-data; boundary=x" }
      })
      request.on("error", () => undefined)
      request.write(
        filePart("a.txt").replace("some text", "some text ".repeat(20_000)),
        () => Effect.runFork(Deferred.succeed(started, undefined))
      )
      yield* Deferred.await(started)
      yield* Effect.suspend(() => storage.inFlight > 100_000 ? Effect.void : Effect.fail("not yet")).pipe(
        Effect.retry(Schedule.spaced("5 millis"))
      )
      request.destroy()
      yield* Deferred.await(storage.brokenOff)
      assert.strictEqual(storage.objects.size, 0)
      assert.strictEqual(entries.size, 0)
    })
  )

  live(
    "because the storage is unavailable is answered with Retry-After",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const storage = yield* MeteredStorage
      storage.failure = new TransientError({ code: "STORAGE_FAILED", message: "The storage answered 500." })
      const { body, headers, status } = yield* upload(formOf("a.md", markdown))
      assert.strictEqual(status, 503)
      assert.deepInclude(body, { code: "STORAGE_FAILED", class: "transient", retry_after_s: 5 })
      assert.strictEqual(headers.get("retry-after"), "5")
    })
  )

  live(
    "because the database is unavailable keeps the file, because the rows may have been written",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const pipeline = yield* Pipeline
      pipeline.failure = new TransientError({ code: "DATABASE_FAILED", message: "The connection was lost." })
      const { status } = yield* upload(formOf("a.md", markdown))
      assert.strictEqual(status, 503)
      assert.strictEqual(objects.size, 1)
    })
  )
})
