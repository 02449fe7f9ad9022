/**
 * Who may send the bytes of an announced upload, how many and until when, and what happens to uploads that are never
 * completed.
 */
import { assert } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { request } from "node:http"
import { Uploads } from "../../services/Uploads.ts"
import { localUserId, UserId } from "../../src/domain/Ids.ts"
import { uploadUrl } from "../../src/http/links/uploadUrl.ts"
import { sweepUploads } from "../../src/worker/sweepUploads.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { callbackSecret, oldCallbackSecret, TestApi } from "../support/harness/TestApi.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import {
  announce,
  apiOver,
  aText,
  complete,
  left,
  nothing,
  overSupabase,
  pass,
  pathOf,
  put,
  sha,
  unmeasured
} from "./announce.ts"

onEachDatabase("an announced upload", (it) => {
  it.layer(apiOver(ObjectStorageMemory))((it) => {
    it.effect("an announced upload that is never completed expires, and the sweep leaves nothing of it", () =>
      Effect.gen(function*() {
        const text = aText()
        const { id, url } = yield* announce(text)
        yield* put(url, text)
        yield* sweepUploads
        assert.deepInclude(yield* left(id), { uploads: 1, object: true })
        yield* pass(id, 31)
        assert.deepInclude((yield* complete(id, sha(text))).body, { status: 410, code: "UPLOAD_EXPIRED" })
        assert.strictEqual((yield* put(url, text)).status, 410)
        yield* pass(id, 25)
        yield* sweepUploads
        assert.deepStrictEqual(yield* left(id), { ...nothing, uploads: 0 })
        assert.deepInclude((yield* complete(id, sha(text))).body, { status: 404, code: "UPLOAD_NOT_FOUND" })
      }))

    it.effect("an announced upload that was completed keeps its file when its row is swept", () =>
      Effect.gen(function*() {
        const text = aText()
        const { id, url } = yield* announce(text)
        yield* put(url, text)
        yield* complete(id, sha(text))
        yield* pass(id, 60)
        yield* sweepUploads
        assert.deepInclude(yield* left(id), { uploads: 1, object: true })
        yield* pass(id, 24 * 60)
        yield* sweepUploads
        assert.deepInclude(yield* left(id), { documents: 1, uploads: 0, object: true })
      }))

    it.effect("an announced upload that is confirmed cannot be ended, and vice versa", () =>
      Effect.gen(function*() {
        const uploads = yield* Uploads
        const [one, two] = [yield* announce("a"), yield* announce("b")]
        assert.isTrue(yield* uploads.confirm(localUserId, one.id, yield* pathOf(one.id)))
        assert.isFalse(yield* uploads.end(localUserId, one.id))
        assert.isTrue(yield* uploads.end(localUserId, two.id))
        assert.isFalse(yield* uploads.confirm(localUserId, two.id, yield* pathOf(two.id)))
      }))

    it.effect("an announced upload is not found by another user", () =>
      Effect.gen(function*() {
        const stranger = UserId.make(randomUUID())
        const text = aText()
        const { id, url } = yield* announce(text)
        yield* put(url, text)
        assert.deepInclude((yield* complete(id, sha(text), stranger)).body, { status: 404, code: "UPLOAD_NOT_FOUND" })
        const theirs = yield* announce(text, {}, stranger)
        assert.strictEqual((yield* put(theirs.url, text)).status, 200)
        assert.strictEqual((yield* complete(theirs.id, sha(text), stranger)).status, 202)
        assert.strictEqual((yield* complete(id, sha(text))).status, 202)
      }))

    it.effect("an announced upload accepts bytes only at its signed address, until it expires", () =>
      Effect.gen(function*() {
        const text = aText()
        const mine = yield* announce(text)
        const others = yield* announce(text)
        const forge = (change: (url: URL) => void) => {
          const url = new URL(mine.url)
          change(url)
          return url
        }
        const forged = [
          forge(({ searchParams }) => searchParams.set("bytes", "199999")),
          forge(({ searchParams }) => searchParams.set("user", randomUUID())),
          forge(({ searchParams }) => searchParams.set("expires", String(Math.floor(Date.now() / 1000) + 900_000))),
          forge(({ searchParams }) => searchParams.set("sig", others.url.searchParams.get("sig") ?? "")),
          forge(({ searchParams }) => searchParams.set("sig", "")),
          forge(({ searchParams }) => searchParams.delete("sig")),
          forge((url) => url.search = ""),
          forge((url) => url.pathname = others.url.pathname)
        ]
        for (const url of forged) {
          assert.deepInclude((yield* put(url, text)).body, { status: 401, code: "BAD_SIGNATURE" }, url.href)
        }
        const grant = { documentId: mine.id, userId: localUserId, bytes: text.length }
        const signed = (secret: string, expires: number) =>
          uploadUrl([Redacted.make(secret)], new URL("https://api.example.com"), { ...grant, expires })
        const now = Math.floor(Date.now() / 1000)
        assert.deepInclude((yield* put(signed(callbackSecret, now - 1), text)).body, {
          status: 410,
          code: "UPLOAD_EXPIRED"
        })
        assert.strictEqual((yield* put(signed("another secret", now + 60), text)).status, 401)
        assert.deepInclude(yield* left(mine.id), nothing)
        assert.strictEqual((yield* put(signed(oldCallbackSecret, now + 60), text)).status, 200)
      }))

    it.effect("an announced upload that breaks off leaves nothing, and may be sent again", () =>
      Effect.gen(function*() {
        const { url: server } = yield* TestApi
        const text = aText()
        const { id, url } = yield* announce(text)
        yield* Effect.callback<void>((resume) => {
          const sending = request(new URL(`${url.pathname}${url.search}`, server), {
            method: "PUT",
            headers: { expect: "100-continue" }
          })
          sending.on("error", () => {}).on("close", () => resume(Effect.void))
          // With `Expect: 100-continue`, so that its bytes reach a handler that has started.
          sending.once("continue", () => sending.write(text.slice(0, 20), () => sending.destroy()))
          sending.flushHeaders()
        })
        assert.deepInclude(yield* left(id), nothing)
        assert.deepInclude((yield* complete(id, sha(text))).body, { status: 409, code: "UPLOAD_MISSING" })
        assert.strictEqual((yield* put(url, text)).status, 200)
        assert.strictEqual((yield* complete(id, sha(text))).status, 202)
      }))

    it.effect("an announced upload is not reported any more once its document was deleted", () =>
      Effect.gen(function*() {
        const api = yield* TestApi
        const sql = yield* SqlClient.SqlClient
        const text = aText()
        const { id, url } = yield* announce(text, { metadata: { name: "Erika Mustermann" }, sha256: sha(text) })
        yield* put(url, text)
        yield* complete(id, sha(text))
        assert.strictEqual((yield* api.request(`/api/v1/documents/${id}`, { method: "DELETE" })).status, 204)
        const rows = yield* sql`SELECT filename, metadata, sha256 FROM uploads WHERE document_id = ${id}`
        assert.deepStrictEqual(rows, [{ filename: "", metadata: {}, sha256: null }])
        assert.deepInclude((yield* complete(id, sha(text))).body, { status: 404, code: "DOCUMENT_NOT_FOUND" })
        assert.deepInclude(yield* left(id), nothing)
      }))

    it.effect("an announced upload accepts no more bytes than announced", () =>
      Effect.gen(function*() {
        const text = aText()
        const { id, url } = yield* announce(text)
        const longer = yield* put(url, `${text}x`)
        assert.deepInclude(longer.body, { status: 413, code: "FILE_TOO_LARGE" })
        assert.include(longer.body["detail"], "Create a new upload", "to split the file would not help")
        const answer = yield* put(url, unmeasured(`${text}x`))
        assert.deepInclude(answer.body, { status: 413, code: "FILE_TOO_LARGE" })
        assert.deepInclude(yield* left(id), nothing)
        assert.strictEqual((yield* put(url, text)).status, 200)
      }))
  })

  it.layer(apiOver(overSupabase))((it) => {
    it.effect("an announced upload expires when the storage's own address does", () =>
      Effect.gen(function*() {
        const { body } = yield* announce(aText())
        const minutes = (Date.parse(String(body["expires_at"])) - Date.now()) / 60_000
        assert.isAbove(minutes, 100)
        assert.isAtMost(minutes, 120)
      }))

    it.effect("an announced upload is swept once more after the storage's address has expired", () =>
      Effect.gen(function*() {
        const text = aText()
        const { id, url } = yield* announce(text)
        yield* pass(id, 56)
        yield* sweepUploads
        assert.deepInclude(yield* left(id), { ...nothing, uploads: 1 })
        yield* put(url, text)
        yield* pass(id, 70)
        yield* sweepUploads
        assert.deepStrictEqual(yield* left(id), { ...nothing, uploads: 0 })
      }))
  })
})
