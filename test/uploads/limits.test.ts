/** The storage's own limits are reported before a file is sent, or a parse is paid. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { databases } from "../support/databases/Databases.ts"
import { formOf, TestApi } from "../support/harness/TestApi.ts"
import { apiOver, json, overLimitedSupabase } from "./announce.ts"

const storage = overLimitedSupabase(
  { file_size_limit: 2_000, allowed_mime_types: ["application/pdf", "text/*"] },
  { file_size_limit: 1_500, allowed_mime_types: ["text/markdown"] }
)
const text = (bytes: number) => "# Policy\n\n".padEnd(bytes, "Hail is covered. ")

for (const { layer: database, name } of databases.slice(0, 1)) {
  layer(Layer.provideMerge(apiOver(storage), database))(`the storage's limits on ${name}`, (it) => {
    const announce = (filename: string, bytes: number, fields = {}) =>
      Effect.flatMap(TestApi, ({ request }) => request("/api/v1/uploads", json({ filename, bytes, ...fields })))

    it.effect("the storage's limits are reported when an upload is announced", () =>
      Effect.gen(function*() {
        const large = yield* announce("policy.pdf", 2_001)
        assert.deepInclude(large.body, { status: 413, code: "FILE_TOO_LARGE" })
        assert.include(String(large.body["detail"]), "The file is larger than 2 kB.")
        for (
          const other of [yield* announce("a.docx", 10), yield* announce("a.pdf", 10, { media_type: "image/png" })]
        ) {
          assert.deepInclude(other.body, { status: 415, code: "UNSUPPORTED_TYPE" })
        }
        const { body } = yield* announce("policy.pdf", 2_000)
        assert.deepStrictEqual(body["headers"], { "content-type": "application/pdf" })
      }))

    it.effect("the storage's limits refuse a form's file, and nothing of it is stored", () =>
      Effect.gen(function*() {
        const { upload } = yield* TestApi
        const objects = yield* ObjectStorage
        const send = (bytes: number) => upload(formOf("policy.md", text(bytes)))
        // Its parsed text would not fit.
        const refused = yield* send(1_501)
        assert.deepInclude(refused.body, { status: 413, code: "FILE_TOO_LARGE" })
        assert.include(String(refused.body["detail"]), "The file is larger than 1.5 kB.")
        assert.strictEqual((yield* Stream.runCollect(objects.list("raw"))).length, 0)
        assert.strictEqual((yield* send(1_500)).status, 202)
      }))

    it.effect("the storage's limits are part of its readiness check", () =>
      Effect.gen(function*() {
        const { request } = yield* TestApi
        // On a busy machine the first probe may take longer than the check waits for it.
        const { text } = yield* Effect.repeat(request("/health/ready"), {
          until: ({ text }) => !text.includes("No answer within")
        })
        assert.include(text, "It accepts files of up to 2 kB. It accepts only these types: application/pdf, text/*.")
      }))
  })
}
