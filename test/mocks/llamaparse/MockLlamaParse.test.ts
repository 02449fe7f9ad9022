/** What LlamaCloud's own SDK gets from the mock over HTTP: results, files, refusals. */
import { layer } from "@effect/vitest"
import type LlamaCloud from "@llamaindex/llama-cloud"
import {
  APIConnectionError,
  AuthenticationError,
  NotFoundError,
  UnprocessableEntityError
} from "@llamaindex/llama-cloud"
import { Effect, Schema } from "effect"
import { assert } from "vitest"
import { getJson, play, reset } from "../admin.ts"
import { apiFailure, call, config, failure, file, mock, parse, poll } from "../llamaCloud.ts"

const LegacyBody = Schema.StructWithRest(
  Schema.Struct({ id: Schema.optionalKey(Schema.String), status: Schema.optionalKey(Schema.String) }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
const asLegacy = Schema.decodeUnknownSync(LegacyBody)

layer(mock("document"), { excludeTestServices: true })("MockLlamaParse with documents", (it) => {
  it.effect("MockLlamaParse with documents parses an upload page by page", () =>
    Effect.gen(function*() {
      const result = yield* call(parse(file(), { user_metadata: { job_id: "1" } }))
      assert.deepInclude(result.job, {
        status: "COMPLETED",
        name: "policy.pdf",
        tier: "cost_effective",
        error_message: null
      })
      assert.deepStrictEqual(result.job.user_metadata, { job_id: "1" })
      assert.match(result.job.id, /^pjb-/)
      assert.deepStrictEqual(result.markdown?.pages, [
        { page_number: 1, success: true, markdown: "# Cover\n\nWater." },
        { page_number: 2, success: true, markdown: "# Limits\n\n| a | b |\n|---|---|\n| 1 | 2 |" }
      ])
      assert.strictEqual(result.markdown_full?.split("\n\n---\n\n").length, 2)
    }))

  it.effect("MockLlamaParse with documents returns what expand asks for, in both notations", () =>
    Effect.gen(function*() {
      const { job } = yield* call(parse(file()))
      const expand = ["text", "items", "metadata", "job_metadata", "text_full", "markdown_content_metadata"]
      const repeated = yield* call((llama) => llama.parsing.get(job.id, { expand }))
      const commas = yield* call((llama) => llama.parsing.get(job.id, { expand: [expand.join(",")] }))
      assert.deepStrictEqual(commas, repeated)
      assert.hasAllKeys(repeated, [
        "job",
        "text",
        "items",
        "metadata",
        "job_metadata",
        "text_full",
        "result_content_metadata"
      ])
      assert.deepStrictEqual(repeated.text?.pages[0], { page_number: 1, text: "Cover\n\nWater." })
      const [first, second] = repeated.items?.pages ?? []
      assert.deepNestedInclude(first, {
        "items[0].type": "heading",
        "items[0].value": "Cover",
        "items[1].type": "text"
      })
      assert.deepNestedInclude(second, { "items[1].type": "table", "items[1].rows": [["a", "b"], ["1", "2"]] })
      const { presigned_url, size_bytes } = repeated.result_content_metadata?.["markdown"] ?? assert.fail("no file")
      const content = yield* Effect.promise(() => fetch(presigned_url ?? "").then((response) => response.text()))
      assert.strictEqual(Buffer.byteLength(content), size_bytes)
      assert.match(content, /^# Cover/)
      assert.deepStrictEqual(Object.keys(yield* call((llama) => llama.parsing.get(job.id))), ["job"])
    }))

  it.effect("MockLlamaParse with documents parses only the requested pages", () =>
    Effect.gen(function*() {
      const second = yield* call(parse(file(), { page_ranges: { target_pages: "2-3" } }))
      const first = yield* call(parse(file(), { page_ranges: { max_pages: 1 } }))
      assert.deepStrictEqual(second.markdown?.pages.map(({ page_number }) => page_number), [2])
      assert.deepStrictEqual(first.markdown?.pages.map(({ page_number }) => page_number), [1])
    }))

  it.effect("MockLlamaParse with documents parses a stored file, and bills the same document once", () =>
    Effect.gen(function*() {
      yield* reset
      const stored = yield* call((llama) =>
        llama.files.create({ file: file("a.pdf"), purpose: "parse", external_file_id: "ours" })
      )
      const run = (llama: LlamaCloud) =>
        llama.parsing.parse({ ...config, file_id: stored.id, expand: ["job_metadata"] }, poll)
      const first = yield* call(run)
      const second = yield* call(run)
      assert.deepStrictEqual([first.job.usage?.credits, second.job.usage?.credits], [6, 0])
      assert.deepInclude(second.job_metadata, { job_pages: 2, job_is_cache_hit: true })
      assert.deepNestedInclude(yield* getJson("/mock/state"), {
        "usage.pages": 4,
        "usage.credits": 6,
        "usage.cost_usd": 0.0075
      })
    }))

  it.effect("MockLlamaParse with documents keeps files until they are deleted", () =>
    Effect.gen(function*() {
      const { id } = yield* call((llama) =>
        llama.files.create({ file: file("b.pdf", "bytes"), purpose: "parse", external_file_id: "b" })
      )
      assert.deepInclude(yield* call((llama) => llama.files.retrieve(id)), {
        id,
        name: "b.pdf",
        external_file_id: "b",
        file_type: "pdf"
      })
      const found = yield* call(async (llama) => (await llama.files.list({ external_file_id: "b" })).items)
      assert.deepStrictEqual(found.map((each) => each.id), [id])
      const { url } = yield* call((llama) => llama.files.content(id))
      assert.strictEqual(yield* Effect.promise(() => fetch(url).then((response) => response.text())), "bytes")
      yield* call((llama) => llama.files.delete(id))
      assert.instanceOf(yield* failure((llama) => llama.files.retrieve(id)), NotFoundError)
    }))

  it.effect("MockLlamaParse with documents fails a job as the vendor does when the parser refuses the document", () =>
    Effect.gen(function*() {
      const error = yield* failure(parse(file("locked.pdf")))
      assert.instanceOf(error, Error)
      assert.match(error.message, /status: FAILED \| Error: PDF_IS_PROTECTED: It needs a password\./)
    }))

  it.effect("MockLlamaParse with documents refuses what the vendor refuses", () =>
    Effect.gen(function*() {
      assert.instanceOf(yield* failure((llama) => llama.parsing.get("pjb-none"), " "), AuthenticationError)
      const unknown = yield* apiFailure((llama) => llama.parsing.get("pjb-none"))
      assert.strictEqual(unknown.message, "404 {\"detail\":\"Parse job not found\"}")
      const empty = yield* apiFailure(parse(file("empty.pdf", "")))
      assert.deepStrictEqual([empty.status, empty.message], [400, "400 {\"detail\":\"Uploaded file is empty.\"}"])
      const form = new FormData()
      form.set("purpose", "parse")
      const without = yield* apiFailure((llama) => llama.post("/api/v1/beta/files", { body: form }))
      assert.strictEqual(without.message, "400 {\"detail\":\"file field is required for multipart requests.\"}")
      const invalid = yield* apiFailure((llama) =>
        llama.post("/api/v2/parse", { body: { tier: "best", file_id: "x" } })
      )
      assert.instanceOf(invalid, UnprocessableEntityError)
      assert.deepNestedInclude(invalid.error, {
        "detail[0].loc": ["body", "tier"],
        "detail[1].loc": ["body", "version"]
      })
      assert.deepNestedInclude(invalid.error, { "detail[1].type": "missing", "detail[1].msg": "Field required" })
      const both = yield* apiFailure((llama) =>
        llama.parsing.create({ ...config, file_id: "x", source_url: "https://x.org" })
      )
      assert.strictEqual(both.status, 400)
      assert.instanceOf(
        yield* failure((llama) => llama.parsing.create({ ...config, file_id: "dfl-none" })),
        NotFoundError
      )
      const fast = yield* call((llama) =>
        llama.parsing.create({ tier: "fast", version: "latest", upload_file: file() })
      )
      const markdown = yield* apiFailure((llama) => llama.parsing.get(fast.id, { expand: ["markdown"] }))
      assert.match(markdown.message, /^400 .*Markdown expansion is not available for FAST tier jobs/)
    }))

  it.effect(
    "MockLlamaParse with documents returns billing, rate and access errors in a scenario, the rate "
      + "limit without Retry-After",
    () =>
      Effect.gen(function*() {
        yield* play(
          `name: errors\nllamaparse:\n${
            [402, 403, 413, 422, 429, 503].map((status) => `  - { on: create, reply: { status: ${status} } }`).join(
              "\n"
            )
          }`
        )
        const errors = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => apiFailure(parse(file())))
        assert.deepStrictEqual(errors.map(({ status }) => status), [402, 403, 413, 422, 429, 503])
        assert.match(errors[0]?.message ?? "", /exceeded the maximum number of credits/)
        assert.isNull(errors[4]?.headers?.get("retry-after"))
      })
  )

  it.effect("MockLlamaParse with documents carries out a call and loses the reply in a scenario", () =>
    Effect.gen(function*() {
      yield* reset
      yield* play("name: lost\nllamaparse: [{ on: create, match: { filename: \"lost*\" }, lose_reply: true }]")
      yield* call(parse(file("kept.pdf")))
      assert.instanceOf(yield* failure(parse(file("lost.pdf"))), APIConnectionError)
      const { items } = yield* call((llama) => llama.parsing.list())
      assert.deepStrictEqual(items.map(({ name }) => name), ["lost.pdf", "kept.pdf"])
    }))

  it.effect("lists the versions of each tier", () =>
    Effect.gen(function*() {
      const versions = yield* call((llama) => llama.parsing.listVersions())
      assert.include<string>(versions.agentic, versions.latest.agentic)
    }))

  it.effect("MockLlamaParse with documents supports version 1, too", () =>
    Effect.gen(function*() {
      const form = new FormData()
      form.set("file", file("old.pdf"))
      const get = (path: string) => call((llama) => llama.get(`/api/v1/parsing/job/${path}`)).pipe(Effect.map(asLegacy))
      const { id, status } = asLegacy(yield* call((llama) => llama.post("/api/v1/parsing/upload", { body: form })))
      assert.strictEqual(status, "PENDING")
      const job = yield* Effect.repeat(get(id ?? ""), { until: (job) => job.status !== "PENDING" })
      assert.deepStrictEqual<unknown>(job, { id, status: "SUCCESS" })
      assert.deepNestedInclude(yield* get(`${id}/result/markdown`), { "job_metadata.job_pages": 2 })
      assert.deepNestedInclude(yield* get(`${id}/result/json`), { "pages[1].page": 2 })
    }))
})
