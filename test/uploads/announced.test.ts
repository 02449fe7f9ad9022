/** Uploads through a signed address, over the real stores: the resulting documents. */
import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { randomUUID } from "node:crypto"
import { DocumentId } from "../../src/domain/Ids.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { formOf, TestApi } from "../support/harness/TestApi.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import {
  announce,
  apiOver,
  aText,
  complete,
  json,
  left,
  nothing,
  overSupabase,
  put,
  sha,
  stored,
  unmeasured
} from "./announce.ts"

onEachDatabase("an upload through a signed address", (it) => {
  it.layer(apiOver(ObjectStorageMemory))((it) => {
    it.effect(
      "an upload through a signed address is announced, sent without a credential and completed, and "
        + "then equals a multipart upload",
      () =>
        Effect.gen(function*() {
          const text = aText()
          const announced = yield* announce(text, { metadata: { policy: "home" }, priority: 7 })
          assert.deepInclude(announced.body, { method: "PUT", headers: { "content-type": "application/octet-stream" } })
          const patience = Date.parse(String(announced.body["expires_at"])) - Date.now()
          assert.isTrue(patience > 290_000 && patience <= 300_000, `${patience} ms`)
          const sent = yield* put(announced.url, text)
          assert.deepInclude(sent, { status: 200, body: { bytes: text.length, sha256: sha(text) } })
          const { body, headers, status } = yield* complete(announced.id, sha(text))
          assert.strictEqual(status, 202)
          assert.strictEqual(headers.get("location"), `/api/v1/jobs/${body["job_id"]}`)
          assert.deepInclude(body, {
            document_id: announced.id,
            duplicate: false,
            filename: "policy.md",
            media_type: "text/markdown",
            bytes: text.length,
            raw_sha256: sha(text),
            priority: 7,
            status: "uploaded"
          })
          const { request } = yield* TestApi
          const document = yield* request(`/api/v1/documents/${announced.id}`)
          assert.deepInclude(document.body, { metadata: { policy: "home" } })
          assert.deepStrictEqual(yield* stored(String(body["raw_path"])), Option.some(text))
        })
    )

    it.effect(
      "an upload through a signed address becomes one job, however often it is completed, even "
        + "concurrently",
      () =>
        Effect.gen(function*() {
          const text = aText()
          const { id, url } = yield* announce(text)
          yield* put(url, text)
          const answers = yield* Effect.all(Array.from({ length: 6 }, () => complete(id, sha(text))), {
            concurrency: "unbounded"
          })
          const last = yield* complete(id, sha(text).toUpperCase())
          for (const answer of answers) assert.deepInclude(answer, { status: 202, text: last.text })
          assert.deepInclude(yield* left(id), { documents: 1, jobs: 1, object: true })
          const other = yield* complete(id, sha("something else"))
          assert.deepInclude(other.body, { status: 422, code: "CHECKSUM_MISMATCH" })
          assert.deepInclude(yield* left(id), { documents: 1, jobs: 1, object: true })
        })
    )

    it.effect("an upload through a signed address of known bytes returns the existing job, unless it is forced", () =>
      Effect.gen(function*() {
        const { upload } = yield* TestApi
        const text = aText()
        const first = yield* upload(formOf("first.md", text))
        const again = yield* announce(text)
        yield* put(again.url, text)
        const answers = yield* Effect.all([complete(again.id, sha(text)), complete(again.id, sha(text))], {
          concurrency: "unbounded"
        })
        answers.push(yield* complete(again.id, sha(text)))
        for (const { body, status } of answers) {
          assert.strictEqual(status, 200)
          assert.deepInclude(body, { duplicate: true, job_id: first.body["job_id"] })
        }
        assert.deepInclude(yield* left(again.id), nothing)
        const forced = yield* announce(text, { force: true })
        yield* put(forced.url, text)
        assert.strictEqual((yield* complete(forced.id, sha(text))).status, 202)
      }))

    it.effect("an upload through a signed address with a wrong hash is refused, and nothing is left of it", () =>
      Effect.gen(function*() {
        const text = aText()
        for (const [fields, said] of [[{}, sha("other")], [{ sha256: sha("other") }, sha(text)]] as const) {
          const { id, url } = yield* announce(text, fields)
          yield* put(url, text)
          const refused = yield* complete(id, said)
          assert.deepInclude(refused.body, { status: 422, code: "CHECKSUM_MISMATCH" })
          assert.include(refused.body["detail"], sha(text))
          assert.deepInclude(yield* left(id), nothing)
          assert.strictEqual((yield* complete(id, sha(text))).body["code"], "UPLOAD_EXPIRED")
          assert.strictEqual((yield* put(url, text)).status, 410)
        }
      }))

    it.effect("an upload through a signed address that is shorter than announced is refused at once, and can be sent again", () =>
      Effect.gen(function*() {
        const text = aText()
        const { id, url } = yield* announce(text)
        const refused = yield* put(url, text.slice(0, 9))
        assert.deepInclude(refused.body, { status: 422, code: "CHECKSUM_MISMATCH" })
        assert.include(refused.body["detail"], `Only 9 of the announced ${text.length} bytes were sent.`)
        assert.deepInclude(yield* left(id), nothing)
        assert.strictEqual((yield* put(url, text)).status, 200)
        assert.strictEqual((yield* complete(id, sha(text))).status, 202)
      }))

    it.effect("an upload through a signed address that ended early is refused with the number of bytes that arrived", () =>
      Effect.gen(function*() {
        const text = aText()
        const { id, url } = yield* announce(text)
        yield* put(url, unmeasured(text.slice(0, 9)))
        const refused = yield* complete(id, sha(text))
        assert.deepInclude(refused.body, { status: 422, code: "CHECKSUM_MISMATCH" })
        assert.include(refused.body["detail"], `Only 9 of the announced ${text.length} bytes were received.`)
      }))

    it.effect(
      "an upload through a signed address is checked by its bytes like a multipart upload, and leaves "
        + "nothing if refused",
      () =>
        Effect.gen(function*() {
          const { request, upload } = yield* TestApi
          const cases = [["report.pdf", "just text"], ["tool.exe", "MZ\u0001\u0000\u0003\u0000"], [
            "a.bin",
            "\u0000\u0001"
          ]]
          for (const [filename = "", content = ""] of cases) {
            const { id, url } = yield* announce(content, { filename })
            assert.strictEqual((yield* put(url, content)).status, 200)
            const refused = yield* complete(id, sha(content))
            const multipart = yield* upload(formOf(filename, content))
            assert.strictEqual(refused.status, 415)
            assert.deepInclude(refused.body, { code: multipart.body["code"], detail: multipart.body["detail"] })
            assert.deepInclude(yield* left(id), nothing)
          }
          const empty = yield* announce("x")
          assert.strictEqual((yield* put(empty.url, "")).body["code"], "EMPTY_FILE")
          const wanted = (fields: object) => request("/api/v1/uploads", json({ filename: "a.md", bytes: 9, ...fields }))
          assert.strictEqual((yield* wanted({ bytes: 0 })).body["code"], "EMPTY_FILE")
          assert.deepInclude((yield* wanted({ bytes: 200_001 })).body, { status: 413, code: "FILE_TOO_LARGE" })
          for (const fields of [{ bytes: -1 }, { sha256: "7" }, { filename: "" }, { media_type: "a\r\nb" }]) {
            assert.strictEqual((yield* wanted(fields)).status, 400)
          }
        })
    )

    it.effect(
      "an upload through a signed address without an extension is stored as .bin, and its type is "
        + "detected from its bytes",
      () =>
        Effect.gen(function*() {
          const text = `%PDF-1.7\n${randomUUID()}`
          const { id, url } = yield* announce(text, { filename: "../../policy" })
          yield* put(url, text)
          const { body } = yield* complete(id, sha(text))
          assert.deepInclude(body, { filename: "policy", media_type: "application/pdf" })
          assert.match(String(body["raw_path"]), /\.bin$/)
        })
    )

    it.effect("an upload through a signed address cannot be completed before its bytes arrive", () =>
      Effect.gen(function*() {
        const text = aText()
        const { id, url } = yield* announce(text)
        const early = yield* complete(id, sha(text))
        assert.deepInclude(early.body, { status: 409, code: "UPLOAD_MISSING" })
        assert.include(early.body["detail"], "create a new upload if that address has expired")
        yield* put(url, text)
        assert.deepInclude((yield* put(url, aText())).body, { status: 409, code: "UPLOAD_PRESENT" })
        assert.strictEqual((yield* complete(id, sha(text))).status, 202)
        assert.deepInclude((yield* put(url, text)).body, { status: 409, code: "UPLOAD_PRESENT" })
        assert.strictEqual((yield* complete(DocumentId.make(randomUUID()), sha(text))).body["code"], "UPLOAD_NOT_FOUND")
      }))

    it.effect("an upload through a signed address is announced once per Idempotency-Key, until its document is deleted", () =>
      Effect.gen(function*() {
        const { request } = yield* TestApi
        const text = aText()
        const { headers, ...init } = json({ filename: "a.md", bytes: text.length })
        const ask = request("/api/v1/uploads", { ...init, headers: { ...headers, "idempotency-key": randomUUID() } })
        const [first, again] = [yield* ask, yield* ask]
        assert.deepInclude(again, { status: 201, text: first.text })
        assert.strictEqual(again.headers.get("idempotency-replayed"), "true")
        const id = DocumentId.make(String(first.body["document_id"]))
        yield* put(new URL(String(first.body["upload_url"])), text)
        assert.strictEqual((yield* complete(id, sha(text))).status, 202)
        yield* request(`/api/v1/documents/${id}`, { method: "DELETE" })
        assert.deepInclude((yield* ask).body, { status: 404, code: "DOCUMENT_NOT_FOUND" })
      }))
  })

  it.layer(apiOver(overSupabase))((it) => {
    it.effect(
      "an upload through a signed address goes directly to the storage if it supports that, and is "
        + "read back on completion",
      () =>
        Effect.gen(function*() {
          const text = aText()
          const { id, url } = yield* announce(text)
          assert.match(url.pathname, /^\/storage\/v1\/object\/upload\/sign\/raw\//)
          assert.strictEqual((yield* put(url, text)).status, 200)
          assert.strictEqual((yield* complete(id, sha(text))).status, 202)
          const larger = yield* announce("x")
          yield* put(larger.url, text)
          const refused = yield* complete(larger.id, sha(text))
          assert.deepInclude(refused.body, { status: 413, code: "FILE_TOO_LARGE" })
          assert.include(refused.body["detail"], "larger than the 1 byte announced")
          assert.deepInclude(yield* left(larger.id), nothing)
          const wrong = yield* announce(text)
          yield* put(wrong.url, text)
          assert.strictEqual((yield* complete(wrong.id, sha("other"))).body["code"], "CHECKSUM_MISMATCH")
          assert.deepInclude(yield* left(wrong.id), nothing)
        })
    )
  })
})
