import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { UserId } from "../../src/domain/Ids.ts"
import { keepAlive } from "../../src/http/server/JobWatches.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"
import { aReceipt, Pipeline } from "../twins/Pipeline.ts"
import { accepted, anError, eventsIn, get, post } from "./jobRequests.ts"

layer(testApi(), { excludeTestServices: true })("a list of jobs", (it) => {
  it.effect("a list of jobs is newest first, page by page, without gaps or repetitions", () =>
    Effect.gen(function*() {
      const names = ["p1.md", "p2.md", "p3.md", "p4.md", "p5.md"]
      for (const name of names) yield* accepted(`page-${name}`)
      const seen: Array<string> = []
      let cursor = ""
      do {
        const { body } = yield* get(`?filename=PAGE-&limit=2${cursor}`)
        for (const job of body["jobs"] as ReadonlyArray<{ filename: string }>) seen.push(job.filename)
        cursor = body["next_cursor"] === null ? "" : `&cursor=${body["next_cursor"]}`
      } while (cursor !== "")
      assert.deepStrictEqual(seen, names.map((name) => `page-${name}`).toReversed())
    }))

  it.effect("a list of jobs can be filtered by one or several statuses, an error code, and a document", () =>
    Effect.gen(function*() {
      const { entries, move } = yield* Pipeline
      const job = yield* accepted("broken.pdf")
      yield* move(job, "failed_parse", { lastError: anError("PARSE_CORRUPT", "parse_queued") })
      const document = [...entries.values()].find((entry) => entry.job.jobId === job)?.job.documentId
      for (
        const query of [
          "status=failed_parse",
          "status=failed_parse&status=failed_chunking",
          "error_code=PARSE_CORRUPT",
          `document_id=${document}`
        ]
      ) {
        const { body, status } = yield* get(`?${query}`)
        assert.strictEqual(status, 200)
        assert.deepStrictEqual((body["jobs"] as ReadonlyArray<{ job_id: string }>).map(({ job_id }) => job_id), [job])
      }
    }))

  it.effect("a list of jobs refuses unknown values, and says which", () =>
    Effect.gen(function*() {
      const bad = { limit: "201", status: "done", error_code: "OOPS", document_id: "7", cursor: "bm9uc2Vuc2U" }
      for (const [key, value] of Object.entries(bad)) {
        const { body, status } = yield* get(`?${key}=${value}`)
        assert.strictEqual(status, 400)
        assert.include(JSON.stringify(body["errors"]), `"pointer":"/query/${key}`)
      }
    }))
})

layer(testApi(), { excludeTestServices: true })("a job", (it) => {
  it.effect("a job is shown with its error's code, ISO dates and no secret", () =>
    Effect.gen(function*() {
      const { move } = yield* Pipeline
      const job = yield* accepted()
      yield* move(job, "failed_parse", { lastError: anError("ENCRYPTED", "parse_queued"), runAt: null })
      const { body, text } = yield* get(`/${job}`)
      assert.deepInclude(body, { job_id: job, status: "failed_parse", error_code: "ENCRYPTED", run_at: null })
      assert.match(String(body["created_at"]), /^\d{4}-\d\d-\d\dT.*Z$/)
      assert.notMatch(text, /secret|fence|traceparent/)
    }))

  it.effect("a job is found by its id in capitals, as some platforms print ids", () =>
    Effect.gen(function*() {
      const job = yield* accepted()
      const { body, status } = yield* get(`/${job.toUpperCase()}`)
      assert.strictEqual(status, 200)
      assert.strictEqual(body["job_id"], job)
    }))

  it.effect("a job of another user is not found on any route", () =>
    Effect.gen(function*() {
      const job = yield* accepted("theirs.pdf", { userId: UserId.make(randomUUID()) })
      for (const path of ["", "/events", "/explain", "/receipt"]) {
        assert.strictEqual((yield* get(`/${job}${path}`)).status, 404)
      }
      for (const path of ["/retry", "/cancel"]) assert.strictEqual((yield* post(`/${job}${path}`)).status, 404)
      const { body } = yield* get("?filename=theirs")
      assert.deepStrictEqual(body["jobs"], [])
    }))

  it.effect("a job can be waited for until it has ended", () =>
    Effect.gen(function*() {
      const { move, untilLookedAt } = yield* Pipeline
      const job = yield* accepted()
      const waiting = yield* Effect.forkChild(get(`/${job}?wait=30`))
      yield* untilLookedAt(job)
      yield* move(job, "parse_queued")
      yield* move(job, "complete")
      assert.strictEqual((yield* Fiber.join(waiting)).body["status"], "complete")
    }))

  it.effect("a job is not waited for longer than a minute", () =>
    Effect.gen(function*() {
      const job = yield* accepted()
      assert.strictEqual((yield* get(`/${job}?wait=0`)).body["status"], "uploaded")
      assert.strictEqual((yield* get(`/${job}?wait=61`)).status, 400)
    }))

  it.effect("a job has an explanation and a receipt", () =>
    Effect.gen(function*() {
      const job = yield* accepted()
      const explanation = yield* get(`/${job}/explain`)
      assert.hasAllKeys(explanation.body, ["sentence", "since", "next_action", "waiting_for"])
      assert.strictEqual(explanation.body["waiting_for"], "worker")
      assert.deepStrictEqual((yield* get(`/${job}/receipt`)).body, {
        chunks_expected: 2,
        chunks_stored: 2,
        vectors_stored: 2,
        embed_model: "text-embedding-3-small",
        embed_version: "1",
        dimensions: 1536,
        content_sha256: aReceipt.contentSha256,
        parsed_sha256: aReceipt.parsedSha256,
        tokens_paid: 10,
        vectors_reused: 0,
        warnings: [],
        replaced: [],
        failed_checks: []
      })
    }))

  it.effect("a job can be retried only if it failed, and cancelled only before it has ended", () =>
    Effect.gen(function*() {
      const { move } = yield* Pipeline
      const job = yield* accepted()
      const early = yield* post(`/${job}/retry`)
      assert.deepStrictEqual([early.status, early.body["code"]], [409, "JOB_NOT_RETRYABLE"])
      assert.strictEqual((yield* post(`/${job}/cancel`)).body["status"], "failed_parse")
      const late = yield* post(`/${job}/cancel`)
      assert.deepStrictEqual([late.status, late.body["code"]], [409, "JOB_NOT_CANCELLABLE"])
      yield* move(job, "failed_parse", { lastError: anError("PARSER_FAILED", "parse_queued") })
      assert.strictEqual((yield* post(`/${job}/retry`)).body["status"], "parse_queued")
    }))
})

layer(testApi(), { excludeTestServices: true })("a stream of events", (it) => {
  it.effect("a stream of events contains the whole history and ends with the job", () =>
    Effect.gen(function*() {
      const { move, untilLookedAt } = yield* Pipeline
      const job = yield* accepted()
      const streaming = yield* Effect.forkChild(get(`/${job}/events`))
      yield* untilLookedAt(job)
      for (const status of ["parse_queued", "parsed", "complete"] as const) yield* move(job, status)
      const { headers, text } = yield* Fiber.join(streaming)
      assert.strictEqual(headers.get("content-type"), "text/event-stream")
      assert.strictEqual(headers.get("x-accel-buffering"), "no")
      assert.deepStrictEqual(eventsIn(text).map(({ to }) => to), ["uploaded", "parse_queued", "parsed", "complete"])
    }))

  it.effect("a stream of events continues after the last event received", () =>
    Effect.gen(function*() {
      const { move } = yield* Pipeline
      const job = yield* accepted()
      for (const status of ["parse_queued", "parsed", "failed_chunking"] as const) yield* move(job, status)
      const all = eventsIn((yield* get(`/${job}/events`)).text)
      assert.strictEqual(all.length, 4)
      for (const [index, { id }] of all.entries()) {
        const rest = yield* get(`/${job}/events`, { headers: { "last-event-id": String(id) } })
        assert.deepStrictEqual(eventsIn(rest.text), all.slice(index + 1))
      }
    }))

  it.effect("a stream of events continues if a retry has undone the job's end", () =>
    Effect.gen(function*() {
      const { move, untilLookedAt } = yield* Pipeline
      const job = yield* accepted()
      for (const status of ["failed_parse", "uploaded"] as const) yield* move(job, status)
      const streaming = yield* Effect.forkChild(get(`/${job}/events`))
      yield* untilLookedAt(job)
      yield* move(job, "complete")
      const { text } = yield* Fiber.join(streaming)
      assert.deepStrictEqual(
        eventsIn(text).map(({ to }) => to),
        ["uploaded", "failed_parse", "uploaded", "complete"]
      )
    }))
})

layer(testApi())("a job that is watched as time passes", (it) => {
  it.effect("a job that is watched as time passes is returned when the wait is over, and not before", () =>
    Effect.gen(function*() {
      const { untilLookedAt } = yield* Pipeline
      const job = yield* accepted()
      const waiting = yield* Effect.forkChild(get(`/${job}?wait=7`))
      yield* untilLookedAt(job)
      yield* TestClock.adjust("6 seconds")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(waiting)).body["status"], "uploaded")
    }))

  it.effect(
    "a job that is watched as time passes ends its event stream at the next read if the notification "
      + "was lost",
    () =>
      Effect.gen(function*() {
        const { entries, untilLookedAt } = yield* Pipeline
        const job = yield* accepted()
        const streaming = yield* Effect.forkChild(get(`/${job}/events`))
        // At first it is read twice: for the watch, and for the first tick.
        yield* untilLookedAt(job, 2)
        const entry = [...entries.values()].find((each) => each.job.jobId === job)
        if (entry !== undefined) entry.job = { ...entry.job, status: "complete" }
        yield* TestClock.adjust(keepAlive)
        const { text } = yield* Fiber.join(streaming)
        assert.strictEqual(eventsIn(text).length, 1)
      })
  )

  it.effect("a job that is watched as time passes is watched no longer than the key is accepted", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { untilLookedAt } = yield* Pipeline
      const job = yield* accepted()
      const body = JSON.stringify({ name: "watcher", role: "viewer" })
      const asAdmin = { authorization: `Bearer ${keyOf("admin")}`, "content-type": "application/json" }
      const made = yield* request("/api/v1/keys", { method: "POST", body, headers: asAdmin })
      const headers = { authorization: `Bearer ${made.body["secret"]}` }
      const streaming = yield* Effect.forkChild(get(`/${job}/events`, { headers }))
      yield* untilLookedAt(job, 2)
      yield* TestClock.adjust("16 seconds")
      assert.isUndefined(streaming.pollUnsafe())
      yield* request(`/api/v1/keys/${made.body["key_id"]}/revoke`, { method: "POST", headers: asAdmin })
      yield* TestClock.adjust("15 seconds")
      assert.strictEqual(eventsIn((yield* Fiber.join(streaming)).text).length, 1)
    }))
})

describe("a server that shuts down", () => {
  it.live("a server that shuts down ends streams and waits in an orderly way", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(testApi(), scope)
      const { untilLookedAt } = Context.get(context, Pipeline)
      const watched = Effect.fnUntraced(function*(path: string) {
        const job = yield* accepted()
        const answer = yield* Effect.forkChild(get(`/${job}${path}`))
        yield* untilLookedAt(job)
        return answer
      }, Effect.provideContext(context))
      const streaming = yield* watched("/events")
      const waiting = yield* watched("?wait=60")
      yield* Scope.close(scope, Exit.void)
      const { text } = yield* Fiber.join(streaming)
      assert.strictEqual(eventsIn(text).length, 1)
      assert.strictEqual((yield* Fiber.join(waiting)).body["status"], "uploaded")
    }))
})
