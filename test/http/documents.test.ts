import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { DocumentId } from "../../src/domain/Ids.ts"
import { TransientError } from "../../src/domain/ServiceError.ts"
import { chunksOf } from "../support/builders/chunksOf.ts"
import { anUpload } from "../support/builders/jobInMemory.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"
import { MeteredStorage } from "../support/stubs/MeteredStorage.ts"
import { Pipeline } from "../twins/Pipeline.ts"

const live = (name: string, body: Effect.Effect<void, unknown, TestApi | MeteredStorage | Pipeline>) =>
  it.live(name, () => Effect.provide(body, testApi()))

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
        "attachments",
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
    "a mail names its attachments, each attachment its mail, and both are deleted with the mail",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { accept } = yield* Pipeline
      const mail = yield* uploaded
      const { documentId, jobId } = yield* accept(
        anUpload({ parentDocumentId: mail, filename: "a.pdf" })
      )
      const { body } = yield* request(`/api/v1/documents/${mail}`)
      assert.deepInclude(body, {
        attachments: [{ document_id: documentId, job_id: jobId, filename: "a.pdf", status: "uploaded" }]
      })
      const attachment = yield* request(`/api/v1/jobs/${jobId}`)
      assert.deepInclude(attachment.body, { parent_document_id: mail })
      assert.strictEqual((yield* request(`/api/v1/documents/${mail}`, { method: "DELETE" })).status, 204)
      assert.strictEqual((yield* request(`/api/v1/documents/${documentId}`)).status, 404)
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
