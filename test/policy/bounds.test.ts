import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { randomUUID } from "node:crypto"
import { UserId } from "../../src/domain/Ids.ts"
import { atOnce, type Bounds, bounds, defaultBounds } from "../../src/policy/bounds.ts"
import { ratesOf } from "../../src/policy/rates.ts"
import { anUpload } from "../support/builders/jobInMemory.ts"
import { tokenOf } from "../support/harness/Credentials.ts"
import { type Answer, formOf, TestApi, testApi } from "../support/harness/TestApi.ts"
import { Pipeline } from "../twins/Pipeline.ts"

const within = (limits: Partial<Bounds>) => testApi({ bounds: limits })
const json = { "content-type": "application/json" }
const asStranger = { authorization: `Bearer ${tokenOf(UserId.make(randomUUID()))}` }

const mustBeRefused = (answer: Answer, status: number, code: string) => {
  assert.deepStrictEqual([answer.status, answer.body["code"]], [status, code])
  assert.isAtLeast(Number(answer.headers.get("retry-after")), 1)
  assert.strictEqual(answer.body["retry_after_s"], Number(answer.headers.get("retry-after")))
  assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
}

/** A job that does not end, awaited by this many callers; the answers arrive in any order. */
const waiters = Effect.fnUntraced(function*(callers: number, headers: Readonly<Record<string, string>> = {}) {
  const { request } = yield* TestApi
  const { accept, move } = yield* Pipeline
  const { jobId } = yield* accept(anUpload({ sha256: randomUUID() }))
  const answers = yield* Queue.unbounded<Answer>()
  const ask = request(`/api/v1/jobs/${jobId}?wait=60`, { headers }).pipe(
    Effect.flatMap((answer) => Queue.offer(answers, answer))
  )
  yield* Effect.forEach(Array.from({ length: callers }), () => Effect.forkScoped(ask), { discard: true })
  return { answers, end: move(jobId, "complete"), path: `/api/v1/jobs/${jobId}` }
})

describe("one user's concurrent requests", () => {
  it.live(
    "one user's concurrent requests are limited: one more is refused with a time, and accepted once "
      + "another has ended",
    () =>
      Effect.gen(function*() {
        const { request } = yield* TestApi
        const { answers, end, path } = yield* waiters(3)
        mustBeRefused(yield* Queue.take(answers), 429, "TOO_MANY_AT_ONCE")
        mustBeRefused(yield* request(`${path}/events`), 429, "TOO_MANY_AT_ONCE")
        assert.strictEqual((yield* request(path)).status, 200)
        yield* end
        assert.deepStrictEqual((yield* Queue.takeN(answers, 2)).map(({ status }) => status), [200, 200])
        assert.strictEqual((yield* request(`${path}/events`)).status, 200)
      }).pipe(Effect.provide(within({ streamsOfUser: 2 })), Effect.scoped)
  )

  it.live("one user's concurrent requests do not affect another user's, up to the total limit", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { answers, end, path } = yield* waiters(3)
      mustBeRefused(yield* Queue.take(answers), 429, "TOO_MANY_AT_ONCE")
      // For another user's job: once admitted, it is 404.
      assert.strictEqual((yield* request(`${path}/events`, { headers: asStranger })).status, 404)
      const more = yield* waiters(1)
      mustBeRefused(yield* Queue.take(more.answers), 429, "TOO_MANY_AT_ONCE")
      yield* end
      yield* Queue.takeN(answers, 2)
    }).pipe(Effect.provide(within({ streamsOfUser: 2, streams: 3 })), Effect.scoped))

  it.live("concurrent requests of all users are refused at the service's total limit", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { answers, end, path } = yield* waiters(3)
      mustBeRefused(yield* Queue.take(answers), 503, "OVERLOADED")
      mustBeRefused(yield* request(`${path}/events`, { headers: asStranger }), 503, "OVERLOADED")
      yield* end
      yield* Queue.takeN(answers, 2)
    }).pipe(Effect.provide(within({ streamsOfUser: 5, streams: 2 })), Effect.scoped))

  it.live("no longer count once the caller has disconnected", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const first = yield* Effect.scoped(Effect.gen(function*() {
        const { answers, path } = yield* waiters(2)
        mustBeRefused(yield* Queue.take(answers), 429, "TOO_MANY_AT_ONCE")
        return path
      }))
      // The server notices a moment later.
      const { status } = yield* request(`${first}?wait=0`).pipe(
        Effect.repeat({ until: ({ status }) => status === 200 })
      )
      assert.strictEqual(status, 200)
    }).pipe(Effect.provide(within({ streamsOfUser: 1 })), Effect.scoped))
})

describe("one user's storage", () => {
  it.live(
    "one user's storage is limited in bytes: a file that does not fit leaves nothing, and a delete makes "
      + "room",
    () =>
      Effect.gen(function*() {
        const { request, upload } = yield* TestApi
        const file = (letter: string) => formOf("long.md", letter.repeat(600_000))
        const { body } = yield* upload(file("a"))
        mustBeRefused(yield* upload(file("b")), 429, "STORAGE_QUOTA_EXCEEDED")
        assert.strictEqual((yield* upload(file("b"), asStranger)).status, 202)
        yield* request(`/api/v1/documents/${String(body["document_id"])}`, { method: "DELETE" })
        assert.strictEqual((yield* upload(file("b"))).status, 202)
      }).pipe(Effect.provide(within({ storageMb: 1 })))
  )

  it.live("one user's storage is limited in announced uploads, each of which counts with its bytes", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const announce = (bytes: number) =>
        request("/api/v1/uploads", {
          method: "POST",
          headers: json,
          body: JSON.stringify({ filename: "a.md", bytes })
        })
      mustBeRefused(yield* announce(1_000_001), 429, "STORAGE_QUOTA_EXCEEDED")
      assert.strictEqual((yield* announce(500_000)).status, 201)
      assert.strictEqual((yield* announce(1_000)).status, 201)
      mustBeRefused(yield* announce(1_000), 429, "TOO_MANY_OPEN_UPLOADS")
    }).pipe(Effect.provide(within({ storageMb: 1, openUploads: 2 }))))
})

describe("a quote", () => {
  const quote = (bytes: number) =>
    Effect.flatMap(
      TestApi,
      ({ request }) => request("/api/v1/quotes", { method: "POST", body: formOf("long.md", "a".repeat(bytes)) })
    )

  it.live("a quote accepts smaller files than an upload, and has its own rate limit", () =>
    Effect.gen(function*() {
      const large = yield* quote(1_100_000)
      assert.deepStrictEqual([large.status, large.body["code"]], [413, "FILE_TOO_LARGE"])
      assert.strictEqual((yield* quote(10)).status, 200)
      mustBeRefused(yield* quote(10), 429, "RATE_LIMITED")
    }).pipe(Effect.provide(testApi({
      bounds: { quoteMb: 1 },
      rates: ratesOf({ ...defaultBounds, quotesPerMinute: 2 })
    }))))
})

describe("the table of limits", () => {
  it("names each setting once, with a total above one user's limit", () => {
    const settings = Object.values(bounds).map(({ setting }) => setting)
    assert.strictEqual(new Set(settings).size, settings.length)
    for (const { ofAll, ofUser } of Object.values(atOnce)) {
      if (ofAll !== ofUser) assert.isBelow(bounds[ofUser].byDefault, bounds[ofAll].byDefault, ofUser)
    }
  })
})
