import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { randomUUID } from "node:crypto"
import { Circuits } from "../../services/Circuits.ts"
import { identify } from "../../src/domain/Chunk.ts"
import { DocumentId } from "../../src/domain/Ids.ts"
import { RecoverableError, TransientError } from "../../src/domain/ServiceError.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"
import { MeteredStorage } from "../support/stubs/MeteredStorage.ts"
import { EmbedderLog } from "../twins/EmbedderMemory.ts"
import { Pipeline } from "../twins/Pipeline.ts"

const live = (
  name: string,
  body: Effect.Effect<void, unknown, Circuits | TestApi | MeteredStorage | Pipeline | EmbedderLog>
) => it.live(name, () => Effect.provide(body, testApi()))

const chunksOf = (document: DocumentId, count: number) =>
  Array.from({ length: count }, (_, ordinal) => ({
    ...identify(document, "markdown-structure@1", ordinal, {
      text: `Chunk ${ordinal}.`,
      meta: { headings: ["Policy"], start: ordinal * 10, end: ordinal * 10 + 9, ...(ordinal === 0 ? { page: 3 } : {}) }
    }),
    embedded: ordinal === 0
  }))

const uploaded = Effect.gen(function*() {
  const { upload } = yield* TestApi
  const form = formOf("policy.md", "# Policy", { after: { metadata: "{\"line\":\"home\"}" } })
  return DocumentId.make(String((yield* upload(form)).body["document_id"]))
})

describe("a document", () => {
  live(
    "a document is shown with its metadata and its job",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const id = yield* uploaded
      const { body, status } = yield* request(`/api/v1/documents/${id}`)
      assert.strictEqual(status, 200)
      assert.deepInclude(body, { document_id: id, filename: "policy.md", bytes: 8, metadata: { line: "home" } })
      assert.deepInclude(body["job"], { document_id: id, status: "uploaded" })
    })
  )

  live(
    "a document is shown without its storage paths",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { body } = yield* request(`/api/v1/documents/${yield* uploaded}`)
      assert.hasAllKeys(body, [
        "document_id",
        "filename",
        "media_type",
        "bytes",
        "sha256",
        "metadata",
        "created_at",
        "job"
      ])
    })
  )

  live(
    "a document's chunks are listed page by page, in order, each with its position",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { chunks } = yield* Pipeline
      const id = yield* uploaded
      chunks.set(id, chunksOf(id, 5))
      const seen: Array<unknown> = []
      let cursor = ""
      do {
        const { body } = yield* request(`/api/v1/documents/${id}/chunks?limit=2${cursor}`)
        seen.push(...body["chunks"] as ReadonlyArray<unknown>)
        cursor = body["next_cursor"] === null ? "" : `&cursor=${body["next_cursor"]}`
      } while (cursor !== "")
      assert.deepStrictEqual(
        seen,
        chunksOf(id, 5).map(({ chunkId, embedded, meta, ordinal, sha, text }) => ({
          chunk_id: chunkId,
          ordinal,
          text,
          headings: ["Policy"],
          page: ordinal === 0 ? 3 : null,
          sha256: sha,
          start: meta.start,
          end: meta.end,
          embedded
        }))
      )
    })
  )

  live(
    "a document is deleted with its objects",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const id = yield* uploaded
      const deletion = { method: "DELETE" }
      assert.strictEqual((yield* request(`/api/v1/documents/${id}`, deletion)).status, 204)
      assert.strictEqual(objects.size, 0)
      for (const [path, init] of [["", {}], ["/chunks", {}], ["/text", {}], ["", deletion]] as const) {
        const { body, status } = yield* request(`/api/v1/documents/${id}${path}`, init)
        assert.deepStrictEqual([status, body["code"]], [404, "DOCUMENT_NOT_FOUND"])
      }
    })
  )

  live(
    "a document is deleted even if the storage fails: a worker removes its objects later",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const storage = yield* MeteredStorage
      const id = yield* uploaded
      storage.failure = new TransientError({ code: "STORAGE_FAILED", message: "The storage answered 500." })
      assert.strictEqual((yield* request(`/api/v1/documents/${id}`, { method: "DELETE" })).status, 204)
      storage.failure = undefined
      assert.strictEqual((yield* request(`/api/v1/documents/${id}`)).status, 404)
      assert.strictEqual(storage.objects.size, 1)
    })
  )
})

const search = Effect.fnUntraced(function*(body: unknown) {
  const { request } = yield* TestApi
  const headers = { "content-type": "application/json" }
  return yield* request("/api/v1/search", { method: "POST", headers, body: JSON.stringify(body) })
})

describe("a search", () => {
  live(
    "a search embeds the question and returns the nearest texts with their positions",
    Effect.gen(function*() {
      const pipeline = yield* Pipeline
      const { batches } = yield* EmbedderLog
      const documentId = DocumentId.make(randomUUID())
      pipeline.hits = chunksOf(documentId, 3).map((chunk) => ({
        ...chunk,
        documentId,
        filename: "policy.md",
        score: 1 - chunk.ordinal / 10
      }))
      const { body, status } = yield* search({ query: " Is water damage covered? ", limit: 2 })
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(yield* batches, [["Is water damage covered?"]])
      const [first, second, ...rest] = body["hits"] as ReadonlyArray<Record<string, unknown>>
      assert.deepInclude(first, { text: "Chunk 0.", filename: "policy.md", page: 3, headings: ["Policy"], score: 1 })
      assert.deepInclude(second, { text: "Chunk 1.", page: null, score: 0.9 })
      assert.strictEqual(rest.length, 0)
    })
  )

  live(
    "a search refuses invalid questions, and buys nothing",
    Effect.gen(function*() {
      const { batches } = yield* EmbedderLog
      for (
        const [pointer, body] of [
          ["/payload/query", {}],
          ["/payload/query", { query: "   " }],
          ["/payload/query", { query: "x".repeat(8001) }],
          ["/payload/limit", { query: "x", limit: 51 }],
          ["/payload/limit", { query: "x", limit: "many" }],
          ["/payload/document_id", { query: "x", document_id: "7" }]
        ] as const
      ) {
        const answer = yield* search(body)
        assert.strictEqual(answer.status, 400)
        assert.include(JSON.stringify(answer.body["errors"]), `"pointer":"${pointer}"`)
      }
      assert.deepStrictEqual(yield* batches, [])
    })
  )

  live(
    "a search says when to retry if a service is unavailable",
    Effect.gen(function*() {
      const pipeline = yield* Pipeline
      pipeline.failure = new RecoverableError({
        code: "DATABASE_UNAVAILABLE",
        message: "The database cannot be reached."
      })
      const { body, headers, status } = yield* search({ query: "water" })
      assert.strictEqual(status, 503)
      assert.deepInclude(body, { code: "DATABASE_UNAVAILABLE", class: "recoverable", retry_after_s: 30 })
      assert.strictEqual(headers.get("retry-after"), "30")
    })
  )

  live(
    "a search is refused before it costs anything if it exceeds the budget",
    Effect.gen(function*() {
      const pipeline = yield* Pipeline
      const { batches } = yield* EmbedderLog
      const message = "The user's budget has $0.00 of $5.00 left this month."
      pipeline.failure = new RecoverableError({ code: "BUDGET_EXCEEDED", message, retryAfter: Duration.hours(1) })
      const { body, headers, status } = yield* search({ query: "water" })
      assert.strictEqual(status, 429)
      assert.deepInclude(body, {
        type: "urn:accessa:problem:over-budget",
        code: "BUDGET_EXCEEDED",
        class: "recoverable",
        detail: message,
        retry_after_s: 3600
      })
      assert.strictEqual(headers.get("retry-after"), "3600")
      assert.deepStrictEqual(yield* batches, [])
    })
  )

  live(
    "a search is refused without a call while the embedder is halted, with the time until the next probe",
    Effect.gen(function*() {
      const { halt } = yield* Circuits
      const { batches } = yield* EmbedderLog
      yield* halt({
        dependency: "embedder",
        generation: 0,
        code: "EMBED_AUTH",
        message: "The key is refused.",
        failures: 1,
        probeAfter: Duration.minutes(5),
        actor: "worker:1"
      })
      // Until the API has been notified.
      yield* Effect.repeat(search({ query: "water" }), { until: ({ status }) => status === 503 })
      const before = yield* batches
      const { body, headers, status } = yield* search({ query: "fire" })
      assert.strictEqual(status, 503)
      assert.deepInclude(body, { code: "EMBED_AUTH", class: "recoverable" })
      assert.approximately(Number(headers.get("retry-after")), 300, 30)
      assert.deepStrictEqual(yield* batches, before)
    })
  )
})
