import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { randomUUID } from "node:crypto"
import { Circuits } from "../../services/Circuits.ts"
import { DocumentId } from "../../src/domain/Ids.ts"
import { RecoverableError } from "../../src/domain/ServiceError.ts"
import { chunksOf } from "../support/builders/chunksOf.ts"
import { keyRefused } from "../support/builders/circuits.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"
import { EmbedderLog } from "../twins/EmbedderMemory.ts"
import { Pipeline } from "../twins/Pipeline.ts"

const live = (name: string, body: Effect.Effect<void, unknown, Circuits | TestApi | Pipeline | EmbedderLog>) =>
  it.live(name, () => Effect.provide(body, testApi()))

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
      yield* halt(keyRefused)
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

const match = Effect.fnUntraced(function*(body: unknown) {
  const { request } = yield* TestApi
  const headers = { "content-type": "application/json" }
  return yield* request("/rest/v1/rpc/match_documents", { method: "POST", headers, body: JSON.stringify(body) })
})

describe("match_documents over HTTP", () => {
  const vector = Array.from({ length: 1536 }, () => 0.5)

  live(
    "match_documents answers as PostgREST does, with the filter and the limit applied",
    Effect.gen(function*() {
      const pipeline = yield* Pipeline
      const documentId = DocumentId.make(randomUUID())
      pipeline.hits = chunksOf(documentId, 4).map((chunk) => ({
        ...chunk,
        documentId,
        filename: chunk.ordinal === 0 ? "letter.txt" : "policy.md",
        score: 1 - chunk.ordinal / 10
      }))
      const { status, text } = yield* match({
        query_embedding: vector,
        match_count: 2,
        filter: { filename: "policy.md" }
      })
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(
        JSON.parse(text),
        pipeline.hits.slice(1, 3).map(({ chunkId, score, text }) => ({
          id: chunkId,
          content: text,
          metadata: { filename: "policy.md" },
          similarity: score
        }))
      )
      assert.lengthOf(JSON.parse((yield* match({ query_embedding: vector, match_count: null })).text), 4)
    })
  )

  live(
    "match_documents refuses a vector that it cannot compare and an unknown argument, and says which",
    Effect.gen(function*() {
      for (
        const [pointer, body] of [
          ["/payload/query_embedding", { query_embedding: [1, 2, 3] }],
          ["/payload/query_embedding", { query_embedding: vector.map(() => 0) }],
          ["/payload/query_embedding", { query_embedding: vector.map(() => 1e39) }],
          ["/payload/match_count", { query_embedding: vector, match_count: 0 }],
          ["/payload/filters", { query_embedding: vector, filters: {} }]
        ] as const
      ) {
        const answer = yield* match(body)
        assert.strictEqual(answer.status, 400)
        assert.include(JSON.stringify(answer.body["errors"]), `"pointer":"${pointer}"`)
      }
    })
  )
})
