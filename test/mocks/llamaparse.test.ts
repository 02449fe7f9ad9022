/** LlamaCloud's own SDK against the mock, over HTTP. */
import { layer } from "@effect/vitest"
import LlamaCloud, {
  APIError,
  AuthenticationError,
  NotFoundError,
  UnprocessableEntityError
} from "@llamaindex/llama-cloud"
import { Duration, Effect, Layer, Schema, Stream } from "effect"
import { assert } from "vitest"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { PermanentError } from "../../src/domain/StageError.ts"
import { serve } from "../../src/mocks/llamaparse/MockLlamaParse.ts"
import { getJson, play, reset } from "./admin.ts"
import { freePort, serverUrl } from "./serverUrl.ts"

const clientWith = (apiKey: string) =>
  Effect.map(serverUrl, (url) => new LlamaCloud({ apiKey, baseURL: url, maxRetries: 0, logLevel: "off" }))

const call = <A>(run: (llama: LlamaCloud) => Promise<A>) =>
  Effect.flatMap(clientWith("llx-test"), (llama) => Effect.promise(() => run(llama)))

const failure = (run: (llama: LlamaCloud) => Promise<unknown>, apiKey = "llx-test") =>
  Effect.flatMap(
    clientWith(apiKey),
    (llama) => Effect.promise(() => run(llama).then(() => assert.fail("it was answered"), (error: unknown) => error))
  )

const apiFailure = (run: (llama: LlamaCloud) => Promise<unknown>) =>
  Effect.map(failure(run), (error) => {
    assert.instanceOf(error, APIError)
    return error
  })

/** Pages cut by form feeds; a file named `locked.pdf` is protected. */
const parser = Layer.succeed(DocumentParser, {
  name: "test",
  submit: () => Effect.succeed("1"),
  result: (_, { content, filename }) =>
    filename === "locked.pdf"
      ? Effect.fail(new PermanentError({ code: "ENCRYPTED", message: "It needs a password." }))
      : Stream.mkString(Stream.decodeText(content)).pipe(Effect.map((text) => ({
        markdown: text.split("\f").map((page, index) => `<!-- page ${index + 1} -->\n\n${page}`).join("\n\n"),
        pages: 1
      }))),
  cancel: () => Effect.void
})

const options = { delay: Duration.zero, failureRate: 0, seed: 1, allowLoopbackCallbacks: true } as const
const mock = (content: "document" | "synthetic", more = {}) =>
  Layer.provideMerge(serve({ ...options, content, ...more }).pipe(Layer.provide(parser)), freePort)

const config = { tier: "cost_effective", version: "latest" } as const
const poll = { pollingInterval: 0.005, backoff: "constant" } as const
const file = (name = "policy.pdf", text = "# Cover\n\nWater.\f# Limits\n\n| a | b |\n|---|---|\n| 1 | 2 |") =>
  new File([text], name)

const LegacyBody = Schema.StructWithRest(
  Schema.Struct({ id: Schema.optionalKey(Schema.String), status: Schema.optionalKey(Schema.String) }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
const asLegacy = Schema.decodeUnknownSync(LegacyBody)

const parse = (upload_file: File, more: object = {}) => (llama: LlamaCloud) =>
  llama.parsing.parse({ ...config, upload_file, expand: ["markdown", "markdown_full"], ...more }, poll)

layer(mock("document"), { excludeTestServices: true })("MockLlamaParse with documents", (it) => {
  it.effect("parses an upload page by page", () =>
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

  it.effect("gives what expand asks for, in both ways of writing it", () =>
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

  it.effect("takes some of the pages", () =>
    Effect.gen(function*() {
      const second = yield* call(parse(file(), { page_ranges: { target_pages: "2-3" } }))
      const first = yield* call(parse(file(), { page_ranges: { max_pages: 1 } }))
      assert.deepStrictEqual(second.markdown?.pages.map(({ page_number }) => page_number), [2])
      assert.deepStrictEqual(first.markdown?.pages.map(({ page_number }) => page_number), [1])
    }))

  it.effect("parses a stored file, and bills the same document once", () =>
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

  it.effect("keeps files until they are deleted", () =>
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

  it.effect("fails a job as the vendor does when the parser refuses the document", () =>
    Effect.gen(function*() {
      const error = yield* failure(parse(file("locked.pdf")))
      assert.instanceOf(error, Error)
      assert.match(error.message, /status: FAILED \| Error: PDF_IS_PROTECTED: It needs a password\./)
    }))

  it.effect("refuses what the vendor refuses", () =>
    Effect.gen(function*() {
      assert.instanceOf(yield* failure((llama) => llama.parsing.get("pjb-none"), " "), AuthenticationError)
      const unknown = yield* apiFailure((llama) => llama.parsing.get("pjb-none"))
      assert.strictEqual(unknown.message, "404 {\"detail\":\"Parse job not found\"}")
      const empty = yield* apiFailure(parse(file("empty.pdf", "")))
      assert.deepStrictEqual([empty.status, empty.message], [400, "400 {\"detail\":\"Uploaded file is empty.\"}"])
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

  it.effect("shows money, rate and access errors when a scenario says so, the rate limit without a word of when", () =>
    Effect.gen(function*() {
      yield* play(
        `name: errors\nllamaparse:\n${
          [402, 403, 413, 422, 429, 503].map((status) => `  - { on: create, reply: { status: ${status} } }`).join("\n")
        }`
      )
      const errors = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => apiFailure(parse(file())))
      assert.deepStrictEqual(errors.map(({ status }) => status), [402, 403, 413, 422, 429, 503])
      assert.match(errors[0]?.message ?? "", /exceeded the maximum number of credits/)
      assert.isNull(errors[4]?.headers?.get("retry-after"))
    }))

  it.effect("names the versions of each tier", () =>
    Effect.gen(function*() {
      const versions = yield* call((llama) => llama.parsing.listVersions())
      assert.include<string>(versions.agentic, versions.latest.agentic)
    }))

  it.effect("answers version 1 too", () =>
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

layer(mock("synthetic", { delay: Duration.millis(60) }), { excludeTestServices: true })(
  "MockLlamaParse with a delay",
  (it) => {
    it.effect("goes from pending over running to completed, and has no result before", () =>
      Effect.gen(function*() {
        const job = yield* call((llama) => llama.parsing.create({ ...config, upload_file: file() }))
        assert.strictEqual(job.status, "PENDING")
        const seen: Array<string> = [job.status]
        const poll = call((llama) => llama.parsing.get(job.id, { expand: ["markdown"] })).pipe(
          Effect.tap(({ job, markdown }) =>
            Effect.sync(() => {
              assert.strictEqual(markdown !== undefined, job.status === "COMPLETED")
              if (seen.at(-1) !== job.status) seen.push(job.status)
            })
          )
        )
        yield* Effect.repeat(poll, { until: ({ job }) => job.status === "COMPLETED" })
        assert.deepStrictEqual(seen, ["PENDING", "RUNNING", "COMPLETED"])
      }))

    it.effect("has no result of version 1 before the end", () =>
      Effect.gen(function*() {
        const { id } = yield* call((llama) => llama.parsing.create({ ...config, upload_file: file() }))
        const early = yield* apiFailure((llama) => llama.get(`/api/v1/parsing/job/${id}/result/markdown`))
        assert.match(early.message, /^404 .*Result not found\. Check job status/)
      }))

    it.effect("makes the seed's text of the document's id, or else of the bytes", () =>
      Effect.gen(function*() {
        const markdownOf = (upload: File, user_metadata?: Record<string, string>) =>
          Effect.map(
            call(parse(upload, user_metadata === undefined ? {} : { user_metadata })),
            ({ markdown_full }) => markdown_full
          )
        const named = yield* markdownOf(file("a.pdf", "a"), { document_id: "d-1" })
        assert.match(named ?? "", /^# Mock Document d-1\n {4}\nThis is deterministic mock content for testing\.\n/)
        assert.strictEqual(yield* markdownOf(file("b.pdf", "b"), { document_id: "d-1" }), named)
        assert.strictEqual(yield* markdownOf(file("a.pdf", "a")), yield* markdownOf(file("b.pdf", "a")))
        assert.notStrictEqual(yield* markdownOf(file("a.pdf", "a")), yield* markdownOf(file("a.pdf", "b")))
      }))

    it.effect("cancels what runs, and deletes what is over", () =>
      Effect.gen(function*() {
        const { id } = yield* call((llama) => llama.parsing.create({ ...config, upload_file: file() }))
        assert.strictEqual((yield* apiFailure((llama) => llama.parsing.delete(id))).status, 409)
        assert.strictEqual((yield* call((llama) => llama.parsing.cancel(id))).status, "CANCELLED")
        assert.strictEqual((yield* apiFailure((llama) => llama.parsing.cancel(id))).status, 409)
        yield* Effect.sleep("80 millis")
        assert.strictEqual((yield* call((llama) => llama.parsing.get(id))).job.status, "CANCELLED")
        assert.strictEqual((yield* call((llama) => llama.parsing.delete(id))).id, id)
        assert.instanceOf(yield* failure((llama) => llama.parsing.get(id)), NotFoundError)
      }))

    it.effect("lists jobs newest first, by page, status, id and time", () =>
      Effect.gen(function*() {
        yield* reset
        yield* play("name: long\nllamaparse: [{ on: job, times: 5, delay: 1h }]")
        const ids = yield* Effect.forEach(["1", "2", "3", "4", "5"], (text) =>
          Effect.map(
            call((llama) => llama.parsing.create({ ...config, upload_file: file("n.pdf", text) })),
            ({ id }) => id
          ))
        yield* call((llama) => llama.parsing.cancel(ids[1] ?? ""))
        const list = (query: object) =>
          call(async (llama) => {
            const found: Array<string> = []
            for await (const { id } of llama.parsing.list(query)) found.push(id)
            return found
          })
        assert.deepStrictEqual(yield* list({ page_size: 2 }), ids.toReversed())
        assert.deepStrictEqual(yield* list({ status: "CANCELLED" }), [ids[1]])
        assert.deepStrictEqual(yield* list({ job_ids: [ids[0], ids[4]] }), [ids[4], ids[0]])
        assert.deepStrictEqual(yield* list({ created_at_on_or_after: "2000-01-01T00:00:00Z" }), ids.toReversed())
        assert.deepStrictEqual(yield* list({ created_at_on_or_before: "2000-01-01T00:00:00Z" }), [])
        const page = yield* call((llama) => llama.get("/api/v2/parse", { query: { page_size: 2 } }))
        assert.deepInclude(page, { total_size: 5, next_page_token: ids[3] })
      }))
  }
)

layer(mock("synthetic", { apiKey: "llx-right", allowLoopbackCallbacks: false, failureRate: 0.5 }), {
  excludeTestServices: true
})(
  "MockLlamaParse, as strict as the vendor",
  (it) => {
    it.effect("knows one key", () =>
      Effect.gen(function*() {
        const error = yield* failure((llama) => llama.parsing.list())
        assert.instanceOf(error, AuthenticationError)
        assert.match(error.message, /Invalid API Key.*region/)
      }))

    it.effect("calls back to public HTTPS addresses alone", () =>
      Effect.gen(function*() {
        const llama = yield* clientWith("llx-right")
        for (
          const webhook_url of ["http://example.com/x", "https://localhost/x", "https://10.1.2.3/x", "https://[::1]/x"]
        ) {
          const create = llama.parsing.create({
            ...config,
            upload_file: file(),
            webhook_configurations: [{ webhook_url }]
          })
          const error = yield* Effect.promise(() =>
            create.then(() => assert.fail(webhook_url), (error: unknown) => error)
          )
          assert.instanceOf(error, UnprocessableEntityError)
        }
      }))

    it.effect("fails the same creates in every run, in ways that pass", () =>
      Effect.gen(function*() {
        const llama = yield* clientWith("llx-right")
        const outcome = (upload_file: File) =>
          llama.parsing.parse({ ...config, upload_file, expand: ["markdown"] }, poll).then(
            () => "fine",
            (error: unknown) => error instanceof Error ? error.message.replace(/pjb-\S+/, "") : ""
          )
        const run = Effect.andThen(
          reset,
          Effect.forEach(Array.from({ length: 30 }), () => Effect.promise(() => outcome(file())))
        )
        const first = yield* run
        assert.deepStrictEqual(yield* run, first)
        assert.isAbove(new Set(first).size, 3)
        assert.isAbove(first.filter((message) => message === "fine").length, 5)
      }))
  }
)
