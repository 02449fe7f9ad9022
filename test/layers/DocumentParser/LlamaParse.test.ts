import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Deferred, Duration, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { DocumentParserLlamaParse } from "../../../layers/DocumentParser/LlamaParse.ts"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { DocumentId, JobId } from "../../../src/domain/Ids.ts"
import type { StubBehaviour } from "../../support/HttpStub.ts"
import { formParts, type LlamaParseStub, serveLlamaParse } from "../../support/LlamaParseStub.ts"

const key = "llx-secret-key"
const secret = "webhook-signing-secret"
const text = new TextEncoder().encode("# Policy\n\nThe deductible is 500.\n")
const request: ParseRequest = {
  jobId: JobId.make("3f0c5ac6-32c4-4b6e-9b3e-0a4f0c1d2e3f"),
  documentId: DocumentId.make("7d0c5ac6-32c4-4b6e-9b3e-0a4f0c1d2e3f"),
  filename: "document.md",
  mediaType: "text/markdown",
  bytes: text.length,
  content: Stream.make(text),
  callback: { url: new URL("https://example.org/webhooks/llamaparse/1"), secret: Redacted.make(secret) }
}

/** A worker's own parser: another one knows nothing of what it did. */
const parserOf = ({ url }: LlamaParseStub) =>
  DocumentParserLlamaParse({
    url,
    apiKey: Redacted.make(key),
    tier: "agentic",
    version: "2026-09-07",
    callTimeout: "30 seconds",
    uploadTimeout: "5 minutes"
  }).pipe(
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.build,
    Effect.map((context) => Context.get(context, DocumentParser))
  )

const uploads = ({ requests }: LlamaParseStub) => requests.filter(({ url }) => url.pathname.endsWith("/upload"))

describe("DocumentParserLlamaParse", () => {
  it.effect("uploads the document with what a callback needs", () =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      const id = yield* (yield* parserOf(stub)).submit(request)
      assert.strictEqual(id, "pjb-1")
      const [upload] = uploads(stub)
      assert.strictEqual(upload?.headers.authorization, `Bearer ${key}`)
      assert.strictEqual(Number(upload?.headers["content-length"]), upload?.body.length)
      const [configuration = "", file] = upload === undefined ? [] : formParts(upload)
      assert.strictEqual(file, new TextDecoder().decode(text))
      assert.deepStrictEqual(JSON.parse(configuration), {
        tier: "agentic",
        version: "2026-09-07",
        user_metadata: { job_id: request.jobId, document_id: request.documentId },
        webhook_configurations: [{
          webhook_url: "https://example.org/webhooks/llamaparse/1",
          webhook_signing_secret: secret,
          webhook_output_format: "json",
          webhook_events: ["parse.success", "parse.error", "parse.partial_success", "parse.cancelled"]
        }]
      })
    }))

  it.effect("sends the document on while it still comes in", () =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      const arrived = yield* Deferred.make<void>()
      stub.onData = (sent) => {
        if (sent.includes("first half")) Deferred.doneUnsafe(arrived, Effect.void)
      }
      const halves = ["the first half, ", "the second half"].map((half) => new TextEncoder().encode(half))
      const content = Stream.concat(
        Stream.make(...halves.slice(0, 1)),
        Stream.fromEffect(Deferred.await(arrived)).pipe(Stream.flatMap(() => Stream.make(...halves.slice(1))))
      )
      const bytes = halves.reduce((sum, half) => sum + half.length, 0)
      yield* (yield* parserOf(stub)).submit({ ...request, content, bytes })
      assert.include(uploads(stub)[0]?.body.toString(), "the first half, the second half")
    }))

  describe("an earlier attempt", () => {
    const now = (stub: LlamaParseStub) =>
      // The stub's times are real ones.
      Effect.andThen(TestClock.setTime(Date.now()), parserOf(stub))

    it.effect("is found when its answer was lost, and not bought again", () =>
      Effect.gen(function*() {
        const stub = yield* serveLlamaParse
        const first = yield* (yield* now(stub)).submit(request)
        assert.strictEqual(yield* (yield* now(stub)).submit(request), first)
        assert.strictEqual(uploads(stub).length, 1)
      }))

    it.effect("is found by the same worker when the connection broke after the document was sent", () =>
      Effect.gen(function*() {
        const stub = yield* serveLlamaParse
        stub.loseNextUpload = true
        const parser = yield* now(stub)
        const error = yield* Effect.flip(parser.submit(request))
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "PARSER_FAILED"])
        assert.strictEqual(yield* parser.submit(request), "pjb-1")
        assert.strictEqual(uploads(stub).length, 1)
      }))

    it.effect("is found behind many others", () =>
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
      "that is %s does not stand in the way of a new one",
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

    it.effect("costs one listing a second, and after the first only what is new", () =>
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
      }))

    it.effect("that can not be looked for holds the document back, not fails it", () =>
      Effect.gen(function*() {
        const stub = yield* serveLlamaParse
        stub.intercept = ({ method }) =>
          method === "GET" ? { status: 422, body: { detail: "no such filter" } } : undefined
        const error = yield* Effect.flip((yield* parserOf(stub)).submit(request))
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "PARSER_FAILED"])
        assert.strictEqual(uploads(stub).length, 0)
      }))
  })

  describe("a result", () => {
    const submitted = Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      const parser = yield* parserOf(stub)
      const id = yield* parser.submit(request)
      const [parse] = stub.parses
      return parse === undefined
        ? yield* Effect.die("nothing was submitted")
        : { stub, parse, result: parser.result(id, request) }
    })

    it.effect.each(["PENDING", "RUNNING"] as const)(
      "is still to come while the parse is %s",
      (status) =>
        Effect.gen(function*() {
          const { parse, result } = yield* submitted
          parse.status = status
          assert.isUndefined(yield* result)
        })
    )

    it.effect("is still to come when the callback overtook it", () =>
      Effect.gen(function*() {
        const { result, stub } = yield* submitted
        stub.intercept = ({ url }) =>
          url.searchParams.has("expand") ? { status: 404, body: { detail: "Result not found." } } : undefined
        assert.isUndefined(yield* result)
      }))

    it.effect("joins the pages in order, each behind its mark", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        parse.pages = [
          { page_number: 2, success: true, markdown: "Two.\r\n\r\n<!-- page 9 -->\r\n" },
          { page_number: 1, success: true, markdown: "# One\u0000" }
        ]
        const parsed = yield* result
        assert.strictEqual(parsed?.pages, 2)
        assert.match(parsed?.markdown ?? "", /^<!-- page 1 -->\n\n# One\n\n<!-- page 2 -->\n\nTwo\.\n$/)
      }))

    it.effect("keeps the other pages when one failed, and marks its place", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        parse.pages = [
          { page_number: 1, success: true, markdown: "One." },
          { page_number: 2, success: false, error: "model refused" },
          { page_number: 3, success: true, markdown: "Three." }
        ]
        assert.deepStrictEqual(yield* result, {
          markdown: "<!-- page 1 -->\n\nOne.\n\n<!-- page 2 -->\n\n<!-- not parsed -->\n\n<!-- page 3 -->\n\nThree.\n",
          pages: 3
        })
      }))

    it.effect.each([[], [{ page_number: 1, success: true, markdown: " \n" }], [{
      page_number: 1,
      success: false,
      error: "x"
    }]])(
      "without any text is a failure (%#)",
      (pages) =>
        Effect.gen(function*() {
          const { parse, result } = yield* submitted
          parse.pages = pages
          const error = yield* Effect.flip(result)
          assert.deepStrictEqual([error._tag, error.code, error.requestId], ["PermanentError", "NO_TEXT", "pjb-1"])
        })
    )

    it.effect.each<[string | null, string, string]>([
      ["PDF_IS_PROTECTED", "PermanentError", "ENCRYPTED"],
      ["Job failed: PDF_IS_BROKEN: xref table", "PermanentError", "PARSE_CORRUPT"],
      ["NO_DATA_FOUND_IN_FILE", "PermanentError", "NO_TEXT"],
      ["UNSUPPORTED_FILE_TYPE", "PermanentError", "UNSUPPORTED_TYPE"],
      ["TOO_MANY_PAGES", "PermanentError", "TOO_MANY_PAGES"],
      ["DOCUMENT_TOO_LARGE", "PermanentError", "FILE_TOO_LARGE"],
      ["INVALID_TIER_VERSION_COMBINATION", "PermanentError", "PARSER_REJECTED"],
      ["TIMEOUT", "TransientError", "PARSER_TIMEOUT"],
      ["Internal error", "TransientError", "PARSER_FAILED"],
      [null, "TransientError", "PARSER_FAILED"]
    ])("of a parse that failed with %s is an error", ([message, tag, code]) =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        parse.status = "FAILED"
        parse.error_message = message
        const error = yield* Effect.flip(result)
        assert.deepStrictEqual([error._tag, error.code, error.requestId], [tag, code, "pjb-1"])
      }))

    it.effect("of a parse that was cancelled over there is an error", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        parse.status = "CANCELLED"
        const error = yield* Effect.flip(result)
        assert.deepStrictEqual([error._tag, error.code], ["PermanentError", "CANCELLED"])
      }))

    it.effect("of a parse that the vendor forgot is an error", () =>
      Effect.gen(function*() {
        const { result, stub } = yield* submitted
        stub.parses.length = 0
        const error = yield* Effect.flip(result)
        assert.deepStrictEqual([error._tag, error.code], ["PermanentError", "PARSER_REJECTED"])
      }))
  })

  it.effect.each<[StubBehaviour, string, string]>([
    [{ status: 400, body: { detail: "tier without version" } }, "PermanentError", "PARSER_REJECTED"],
    [{ status: 400, body: { detail: "Uploaded file is empty." } }, "PermanentError", "EMPTY_FILE"],
    [{ status: 401, body: { detail: "Invalid API Key." } }, "RecoverableError", "PARSER_AUTH"],
    [{ status: 402, body: { detail: "No quota left to create a job" } }, "RecoverableError", "PARSER_QUOTA"],
    [{ status: 403, body: { detail: "Other project" } }, "RecoverableError", "PARSER_AUTH"],
    [{ status: 408 }, "TransientError", "PARSER_TIMEOUT"],
    [{ status: 409 }, "TransientError", "PARSER_FAILED"],
    [{ status: 413 }, "PermanentError", "FILE_TOO_LARGE"],
    [
      { status: 422, body: { detail: [{ loc: ["body", 1], msg: "wrong", type: "x", input: secret }] } },
      "PermanentError",
      "PARSER_REJECTED"
    ],
    [{ status: 429, body: { detail: "Rate limit exceeded" } }, "TransientError", "PARSER_RATE_LIMITED"],
    [{ status: 500 }, "TransientError", "PARSER_FAILED"],
    [{ status: 502, body: "<html>bad gateway</html>" }, "TransientError", "PARSER_FAILED"],
    [{ status: 504 }, "TransientError", "PARSER_TIMEOUT"],
    [{ status: 200, body: { what: "is this" } }, "TransientError", "PARSER_FAILED"],
    ["reset", "TransientError", "PARSER_FAILED"],
    ["cut", "TransientError", "PARSER_FAILED"]
  ])("classifies %j once and tells no secret", ([behaviour, tag, code]) =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      stub.intercept = ({ method }) => method === "POST" ? behaviour : undefined
      const error = yield* Effect.flip((yield* parserOf(stub)).submit(request))
      assert.deepStrictEqual([error._tag, error.code, error.dependency], [tag, code, "parser"])
      assert.strictEqual(uploads(stub).length, 1)
      for (const hidden of [key, secret, "<html>"]) assert.notInclude(JSON.stringify(error), hidden)
    }))

  it.effect("gives up at the deadline of the call", () =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      const asked = yield* Deferred.make<void>()
      const parser = yield* parserOf(stub)
      stub.intercept = () => {
        Deferred.doneUnsafe(asked, Effect.void)
        return "hang"
      }
      const fiber = yield* Effect.forkChild(Effect.flip(parser.result("pjb-1", request)))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("30 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "PARSER_TIMEOUT"])
    }))
})
