import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Schedule } from "effect"
import { randomUUID } from "node:crypto"
import { request as httpRequest } from "node:http"
import { UserId } from "../../../src/domain/Ids.ts"
import { keyOf, tokenOf } from "../../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../../support/harness/TestApi.ts"
import { MeteredStorage } from "../../support/stubs/MeteredStorage.ts"
import { Pipeline } from "../../twins/Pipeline.ts"

const live = (name: string, body: Effect.Effect<void, unknown, TestApi | Pipeline | MeteredStorage>) =>
  it.live(name, () => Effect.provide(body, testApi()))

/** Forced, so that only the key keeps it from being processed twice. */
const forced = (name = "a.txt", content = "some text", fields = {}) =>
  formOf(name, content, { after: { force: "true", ...fields } })
const named = (key: string) => ({ "idempotency-key": key })

describe("an upload with an Idempotency-Key", () => {
  live(
    "an upload with an Idempotency-Key is accepted once, and gets the same answer however often it is sent",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { entries } = yield* Pipeline
      const { objects } = yield* MeteredStorage
      const key = randomUUID()
      const first = yield* upload(forced(), named(key))
      assert.strictEqual(first.status, 202)
      assert.isNull(first.headers.get("idempotency-replayed"))
      for (let time = 0; time < 3; time++) {
        const again = yield* upload(forced(), named(key))
        assert.strictEqual(again.headers.get("idempotency-replayed"), "true")
        assert.strictEqual(again.status, 202)
        assert.strictEqual(again.text, first.text)
        assert.strictEqual(again.headers.get("location"), first.headers.get("location"))
        assert.strictEqual(again.headers.get("content-type"), first.headers.get("content-type"))
      }
      assert.strictEqual(entries.size, 1)
      assert.strictEqual(objects.size, 1)
      assert.strictEqual((yield* upload(forced(), named(randomUUID()))).status, 202)
      assert.strictEqual(entries.size, 2, "another key is another request")
    })
  )

  live(
    "an upload with an Idempotency-Key has the same key in quotes, as the header's draft standard wants it, and without",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const key = randomUUID()
      const first = yield* upload(forced(), named(`"${key}"`))
      assert.strictEqual(first.status, 202)
      assert.strictEqual((yield* upload(forced(), named(key))).text, first.text)
      const odd = yield* upload(forced(), named("\"a\\\"b\\\\c\""))
      assert.strictEqual((yield* upload(forced(), named("a\"b\\c"))).text, odd.text)
      assert.notStrictEqual(odd.text, first.text)
      for (const refused of ["\"\"", `"${key}", "${key}"`]) {
        assert.strictEqual((yield* upload(forced(), named(refused))).status, 400, refused)
      }
    })
  )

  live(
    "an upload with an Idempotency-Key is refused if anything in it differs from the first one",
    Effect.gen(function*() {
      const { request, upload } = yield* TestApi
      const { entries } = yield* Pipeline
      const key = randomUUID()
      yield* upload(forced("a.txt", "some text", { priority: "1" }), named(key))
      const others = [
        forced("a.txt", "other text", { priority: "1" }),
        forced("b.txt", "some text", { priority: "1" }),
        forced("a.txt", "some text", { priority: "2" }),
        forced("a.txt", "some text")
      ]
      for (const form of others) {
        const refused = yield* upload(form, named(key))
        assert.include(refused.body, { status: 422, code: "IDEMPOTENCY_KEY_REUSED" })
      }
      const elsewhere = yield* request("/api/v1/uploads", {
        method: "POST",
        body: JSON.stringify({ filename: "a.txt", bytes: 9 }),
        headers: { ...named(key), "content-type": "application/json" }
      })
      assert.strictEqual(elsewhere.status, 422)
      assert.strictEqual(entries.size, 1)
    })
  )

  live(
    "an upload with an Idempotency-Key that was refused may be corrected and sent again",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const key = randomUUID()
      assert.strictEqual((yield* upload(forced("a.txt", ""), named(key))).status, 422)
      assert.strictEqual((yield* upload(forced("a.txt", "some text"), named(key))).status, 202)
    })
  )

  live(
    "an upload with an Idempotency-Key finds the document of an earlier attempt that died before its answer, "
      + "and creates no other",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { objects } = yield* MeteredStorage
      const pipeline = yield* Pipeline
      for (const [at, fields] of [{}, { document_id: randomUUID() }].entries()) {
        const key = randomUUID()
        pipeline.answersLost = true
        assert.strictEqual((yield* upload(forced("a.txt", "some text", fields), named(key))).status, 503)
        pipeline.answersLost = false
        const other = yield* upload(forced("a.txt", "other text", fields), named(key))
        assert.include(other.body, { status: 422, code: "IDEMPOTENCY_KEY_REUSED" })
        const again = yield* upload(forced("a.txt", "some text", fields), named(key))
        assert.strictEqual(again.status, 202)
        assert.isTrue(pipeline.entries.has(String(again.body["document_id"])))
        assert.strictEqual(pipeline.entries.size, at + 1)
        assert.strictEqual(objects.size, at + 1)
      }
    })
  )

  live(
    "an upload with an Idempotency-Key is independent of another user's request with the same key",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const key = randomUUID()
      const mine = yield* upload(forced(), named(key))
      const other = { authorization: `Bearer ${tokenOf(UserId.make(randomUUID()))}`, ...named(key) }
      const theirs = yield* upload(forced(), other)
      assert.strictEqual(theirs.status, 202)
      assert.isNull(theirs.headers.get("idempotency-replayed"))
      assert.notStrictEqual(theirs.body["job_id"], mine.body["job_id"])
    })
  )

  live(
    "an upload with an Idempotency-Key that is still running is not started twice, and its key is free again "
      + "if it breaks off",
    Effect.gen(function*() {
      const { upload, url } = yield* TestApi
      const storage = yield* MeteredStorage
      const key = randomUUID()
      const slow = httpRequest(new URL("/api/v1/documents", url), {
        method: "POST",
        headers: {
          authorization: `Bearer ${keyOf("user")}`,
          "content-type": "multipart/form-data; boundary=x",
          ...named(key)
        }
      })
      slow.on("error", () => undefined)
      const started = yield* Deferred.make<void>()
      const text = "some text ".repeat(20_000)
      slow.write(
        `--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${text}`,
        () => Effect.runFork(Deferred.succeed(started, undefined))
      )
      yield* Deferred.await(started)
      yield* Effect.suspend(() => storage.inFlight > 0 ? Effect.void : Effect.fail("not yet")).pipe(
        Effect.retry(Schedule.spaced("5 millis"))
      )
      const waiting = yield* upload(forced("a.txt", "some text"), named(key))
      assert.include(waiting.body, { code: "IDEMPOTENCY_IN_FLIGHT", class: "transient" })
      assert.strictEqual(waiting.headers.get("retry-after"), "1")
      slow.destroy()
      const retried = yield* upload(forced("a.txt", "some text"), named(key)).pipe(
        Effect.repeat({ until: ({ status }) => status !== 409, schedule: Schedule.spaced("20 millis") })
      )
      assert.strictEqual(retried.status, 202)
      assert.strictEqual(storage.objects.size, 1)
    })
  )

  live(
    "an upload with an Idempotency-Key is completed if the caller disconnects, and the next attempt gets the answer",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const { entries } = yield* Pipeline
      const key = randomUUID()
      const first = yield* Effect.forkChild(upload(forced(), named(key)))
      yield* Effect.suspend(() => entries.size > 0 ? Effect.void : Effect.fail("not yet")).pipe(
        Effect.retry(Schedule.spaced("1 millis"))
      )
      yield* Fiber.interrupt(first)
      const again = yield* upload(forced(), named(key)).pipe(
        Effect.repeat({ until: ({ status }) => status !== 409, schedule: Schedule.spaced("20 millis") })
      )
      assert.strictEqual(again.status, 202)
      assert.strictEqual(again.headers.get("idempotency-replayed"), "true")
      assert.strictEqual(entries.size, 1)
    })
  )
})

describe("any other POST with an Idempotency-Key", () => {
  live(
    "is carried out once as well",
    Effect.gen(function*() {
      const { request, upload } = yield* TestApi
      const { body } = yield* upload(formOf("a.txt", "some text"))
      const cancel = request(`/api/v1/jobs/${body["job_id"]}/cancel`, { method: "POST", headers: named("once") })
      const first = yield* cancel
      const second = yield* cancel
      assert.strictEqual(first.status, 200)
      assert.deepStrictEqual([second.status, second.text], [200, first.text])
      const unnamed = yield* request(`/api/v1/jobs/${body["job_id"]}/cancel`, { method: "POST" })
      assert.strictEqual(unnamed.status, 409, "without the key it is judged by the job's state")
    })
  )

  live(
    "is answered without the secret when repeated, because a key is shown once",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const create = request("/api/v1/keys", {
        method: "POST",
        body: JSON.stringify({ name: "x", role: "viewer" }),
        headers: { ...named("once"), authorization: `Bearer ${keyOf("admin")}`, "content-type": "application/json" }
      })
      const first = yield* create
      const second = yield* create
      assert.isString(first.body["secret"])
      assert.deepStrictEqual(second.body, { ...first.body, secret: null })
    })
  )

  live(
    "is refused if the Idempotency-Key is invalid",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      for (const key of ["", "with space", "x".repeat(256), "ü"]) {
        const { body } = yield* request("/api/v1/uploads", { method: "POST", headers: named(key) })
        assert.include(body, { status: 400, code: "BAD_REQUEST" }, key)
      }
    })
  )
})
