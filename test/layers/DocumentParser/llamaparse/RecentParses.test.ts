/** A parse submitted by a worker that died, or that lost the answer, is found and not bought again. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import { JobId } from "../../../../src/domain/Ids.ts"
import { parserOf, request, uploads } from "../../../support/builders/parserOf.ts"
import { type LlamaParseStub, serveLlamaParse } from "../../../support/stubs/LlamaParseStub.ts"

describe("an earlier attempt at LlamaParse", () => {
  const now = (stub: LlamaParseStub) =>
    // The stub's times are real ones.
    Effect.andThen(TestClock.setTime(Date.now()), parserOf(stub))

  it.effect("an earlier attempt at LlamaParse whose answer was lost is found and not bought again", () =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      const first = yield* (yield* now(stub)).submit(request)
      assert.strictEqual(yield* (yield* now(stub)).submit(request), first)
      assert.strictEqual(uploads(stub).length, 1)
    }))

  it.effect("an earlier attempt at LlamaParse is found by the same worker when the connection broke after the document was sent", () =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      stub.loseNextUpload = true
      const parser = yield* now(stub)
      const error = yield* Effect.flip(parser.submit(request))
      assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "PARSER_UNAVAILABLE"])
      assert.strictEqual(yield* parser.submit(request), "pjb-1")
      assert.strictEqual(uploads(stub).length, 1)
    }))

  it.effect(
    "an earlier attempt at LlamaParse is known by its job until it is forgotten, even if its answer "
      + "was lost, running or finished",
    () =>
      Effect.gen(function*() {
        const stub = yield* serveLlamaParse
        const parser = yield* now(stub)
        stub.loseNextUpload = true
        yield* Effect.flip(parser.submit(request))
        for (const status of ["RUNNING", "COMPLETED", "FAILED"] as const) {
          for (const parse of stub.parses) parse.status = status
          const parses = yield* (yield* now(stub)).parsesOf(request.jobId)
          assert.lengthOf(parses, 1)
          for (const id of parses) yield* parser.forget(id)
          assert.deepStrictEqual(stub.parses, [])
          // Its answer may be lost: what counts is that the parse was made.
          yield* Effect.exit((yield* now(stub)).submit(request))
        }
      })
  )

  it.effect("an earlier attempt at LlamaParse is found among many others", () =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      const first = yield* (yield* now(stub)).submit(request)
      const mine = stub.parses.splice(0)
      for (let number = 0; number < 250; number++) {
        const created_at = new Date(Date.now()).toISOString()
        stub.parses.push({
          id: `other-${number}`,
          created_at,
          user_metadata: {},
          status: "RUNNING",
          error_message: null,
          pages: []
        })
      }
      stub.parses.push(...mine)
      assert.strictEqual(yield* (yield* now(stub)).submit(request), first)
    }))

  it.effect.each(["FAILED", "CANCELLED"] as const)(
    "an earlier attempt at LlamaParse that is %s does not prevent a new one",
    (status) =>
      Effect.gen(function*() {
        const stub = yield* serveLlamaParse
        const parser = yield* now(stub)
        yield* parser.submit(request)
        for (const parse of stub.parses) parse.status = status
        assert.strictEqual(yield* parser.submit(request), "pjb-2")
        assert.strictEqual(yield* (yield* now(stub)).submit(request), "pjb-2")
      })
  )

  it.effect(
    "an earlier attempt at LlamaParse costs at most one listing per second, and only new entries after "
      + "the first",
    () =>
      Effect.gen(function*() {
        const stub = yield* serveLlamaParse
        const parser = yield* now(stub)
        const start = yield* Clock.currentTimeMillis
        const submit = (digit: number) =>
          parser.submit({ ...request, jobId: JobId.make(`${digit}f0c5ac6-32c4-4b6e-9b3e-0a4f0c1d2e3f`) })
        yield* Effect.forEach([1, 2, 3, 4], submit, { concurrency: "unbounded" })
        yield* TestClock.adjust("10 minutes")
        yield* submit(5)
        const since = stub.requests.flatMap(({ url }) => url.searchParams.get("created_at_on_or_after") ?? [])
        assert.deepStrictEqual(since.map((date) => Date.parse(date) - start), [
          -Duration.toMillis("2 hours"),
          -Duration.toMillis("2 minutes")
        ])
      })
  )

  it.effect(
    "an earlier attempt at LlamaParse that cannot be looked up delays the document instead of failing "
      + "it",
    () =>
      Effect.gen(function*() {
        const stub = yield* serveLlamaParse
        stub.intercept = ({ method }) =>
          method === "GET" ? { status: 422, body: { detail: "no such filter" } } : undefined
        const error = yield* Effect.flip((yield* parserOf(stub)).submit(request))
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "PARSER_FAILED"])
        assert.strictEqual(uploads(stub).length, 0)
      })
  )
})
