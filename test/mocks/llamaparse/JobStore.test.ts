/** A job's lifecycle as LlamaCloud's own SDK sees it, and the mock's options. */
import { layer } from "@effect/vitest"
import { AuthenticationError, NotFoundError, UnprocessableEntityError } from "@llamaindex/llama-cloud"
import { Duration, Effect } from "effect"
import { assert } from "vitest"
import { play, reset } from "../admin.ts"
import { apiFailure, call, clientWith, config, failure, file, mock, parse, poll } from "../llamaCloud.ts"

/** The next jobs do not end on their own. */
const endless = (jobs: number) => `name: endless\nllamaparse: [{ on: job, times: ${jobs}, delay: 1h }]`

layer(mock("synthetic", { delay: Duration.millis(30) }), { excludeTestServices: true })(
  "MockLlamaParse with a delay",
  (it) => {
    it.effect("goes from pending to running to completed, and has no result before", () =>
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
        assert.deepStrictEqual(seen, ["PENDING", "RUNNING", "COMPLETED"].filter((status) => seen.includes(status)))
        assert.strictEqual(seen.at(-1), "COMPLETED")
      }))

    it.effect("has no result of version 1 before the end", () =>
      Effect.gen(function*() {
        yield* play(endless(1))
        const { id } = yield* call((llama) => llama.parsing.create({ ...config, upload_file: file() }))
        const early = yield* apiFailure((llama) => llama.get(`/api/v1/parsing/job/${id}/result/markdown`))
        assert.match(early.message, /^404 .*Result not found\. Check job status/)
      }))

    it.effect("generates the seed's text from the document's id, or from the bytes", () =>
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

    it.effect("cancels running jobs, and deletes finished ones", () =>
      Effect.gen(function*() {
        yield* play(endless(1))
        const { id } = yield* call((llama) => llama.parsing.create({ ...config, upload_file: file() }))
        assert.strictEqual((yield* apiFailure((llama) => llama.parsing.delete(id))).status, 409)
        assert.strictEqual((yield* call((llama) => llama.parsing.cancel(id))).status, "CANCELLED")
        assert.strictEqual((yield* apiFailure((llama) => llama.parsing.cancel(id))).status, 409)
        assert.strictEqual((yield* call((llama) => llama.parsing.get(id))).job.status, "CANCELLED")
        assert.strictEqual((yield* call((llama) => llama.parsing.delete(id))).id, id)
        assert.instanceOf(yield* failure((llama) => llama.parsing.get(id)), NotFoundError)
      }))

    it.effect("lists jobs newest first, by page, status, id and time", () =>
      Effect.gen(function*() {
        yield* reset
        yield* play(endless(5))
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
    it.effect("accepts only one key", () =>
      Effect.gen(function*() {
        const error = yield* failure((llama) => llama.parsing.list())
        assert.instanceOf(error, AuthenticationError)
        assert.match(error.message, /Invalid API Key.*region/)
      }))

    it.effect("calls back only to public HTTPS addresses", () =>
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

    it.effect("fails the same creates in every run, with temporary errors", () =>
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
