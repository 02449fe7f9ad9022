import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Option, Stream } from "effect"
import { TestClock } from "effect/testing"
import { canonicalText, stringOf } from "../../../src/domain/text.ts"
import { key, parserOf, request, secret, text, uploads } from "../../support/builders/parserOf.ts"
import type { StubBehaviour } from "../../support/stubs/HttpStub.ts"
import { formParts, serveLlamaParse } from "../../support/stubs/LlamaParseStub.ts"

describe("DocumentParserLlamaParse", () => {
  it.effect("DocumentParserLlamaParse uploads the document with what a callback needs", () =>
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

  it.effect("DocumentParserLlamaParse forwards the document while it is still arriving", () =>
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
      "a result is pending while the parse is %s",
      (status) =>
        Effect.gen(function*() {
          const { parse, result } = yield* submitted
          parse.status = status
          assert.isTrue(Option.isNone(yield* result))
        })
    )

    it.effect("a result is pending if the callback arrived first", () =>
      Effect.gen(function*() {
        const { result, stub } = yield* submitted
        stub.intercept = ({ url }) =>
          url.searchParams.has("expand") ? { status: 404, body: { detail: "Result not found." } } : undefined
        assert.isTrue(Option.isNone(yield* result))
      }))

    it.effect("a result joins the pages in order, each after its mark", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        parse.pages = [
          { page_number: 2, success: true, markdown: "Two.\r\n\r\n<!-- page 9 -->\r\n" },
          { page_number: 1, success: true, markdown: "# One\u0000" }
        ]
        const parsed = Option.getOrThrow(yield* result)
        assert.strictEqual(parsed.pages, 2)
        assert.match(stringOf(parsed.markdown), /^<!-- page 1 -->\n\n# One\n\n<!-- page 2 -->\n\nTwo\.\n$/)
      }))

    it.effect("a result is the same if it is so long that a thread reads it", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        const page = `# Große Seite\n\n${"Wörter und Sätze. ".repeat(40_000)}`
        parse.pages = [1, 2, 3].map((page_number) => ({ page_number, success: true, markdown: page }))
        const parsed = Option.getOrThrow(yield* result)
        assert.strictEqual(parsed.pages, 3)
        assert.instanceOf(parsed.markdown, Uint8Array)
        const pages = [1, 2, 3].map((n) => `<!-- page ${n} -->\n\n${page}`)
        assert.strictEqual(stringOf(parsed.markdown), canonicalText(pages.join("\n\n")))
      }))

    it.effect("a result keeps the other pages if one failed, names it, and marks its place", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        parse.pages = [
          { page_number: 1, success: true, markdown: "One." },
          { page_number: 2, success: false, error: "model refused" },
          { page_number: 3, success: true, markdown: "Three." }
        ]
        assert.deepStrictEqual(Option.getOrThrow(yield* result), {
          markdown: "<!-- page 1 -->\n\nOne.\n\n<!-- page 2 -->\n\n<!-- not parsed -->\n\n<!-- page 3 -->\n\nThree.\n",
          pages: 3,
          leftOut: [{ kind: "page", page: 2, count: 1, detail: "The parser could not read it." }]
        })
      }))

    it.effect("a result loses pictures and files inside its text, page by page, and counts their characters", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        const data = "iVBORw0KGgo7".repeat(30)
        parse.pages = [
          { page_number: 1, success: true, markdown: `![Hull](data:image/png;base64,${data}) Dry.` },
          { page_number: 2, success: true, markdown: `Before.\n\n${data}\n\nAfter.` }
        ]
        const count = data.length
        const detail = "Encoded data is not text."
        assert.deepStrictEqual(Option.getOrThrow(yield* result), {
          markdown: "<!-- page 1 -->\n\n![Hull](data:image/png) Dry.\n\n<!-- page 2 -->\n\nBefore.\n\n\n\nAfter.\n",
          pages: 2,
          leftOut: [
            { kind: "encoded", page: 1, count: count + ";base64,".length, detail },
            { kind: "encoded", page: 2, count, detail }
          ]
        })
      }))

    it.effect.each<[string, number, string, boolean]>([
      ["a Markdown file of 100 KB", 100_000, "text/markdown", true],
      ["an old Word document", 400_000, "application/msword", true],
      ["a file that is not longer", 65_500, "text/plain", false],
      ["a PDF, which is compared with its text", 100_000, "application/pdf", false]
    ])(
      "may lack the rest of a page that is as long as the vendor's limit: %s",
      ([, bytes, mediaType, isCut]) =>
        Effect.gen(function*() {
          const stub = yield* serveLlamaParse
          const parser = yield* parserOf(stub)
          const id = yield* parser.submit(request)
          const [parse] = stub.parses
          assert(parse !== undefined)
          parse.status = "COMPLETED"
          parse.pages = [
            { page_number: 1, success: true, markdown: "Short." },
            { page_number: 2, success: true, markdown: "é ".repeat(21_800) }
          ]
          const { leftOut } = Option.getOrThrow(yield* parser.result(id, { ...request, bytes, mediaType }))
          const rest = [{
            kind: "rest",
            page: 2,
            count: 1,
            detail: "It is as long as the parser's limit of 64 KB, which cuts longer pages."
          }]
          assert.deepStrictEqual<unknown>(leftOut, isCut ? rest : undefined)
        })
    )

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

    it.effect("a result of a parse that was cancelled at the vendor is an error", () =>
      Effect.gen(function*() {
        const { parse, result } = yield* submitted
        parse.status = "CANCELLED"
        const error = yield* Effect.flip(result)
        assert.deepStrictEqual([error._tag, error.code], ["PermanentError", "PARSER_CANCELLED"])
      }))

    it.live("a result waits while twelve others are read: a long one takes several times its size in memory", () =>
      Effect.gen(function*() {
        const { parse, result, stub } = yield* submitted
        parse.status = "COMPLETED"
        let asked = 0
        stub.intercept = ({ url }) => {
          if (!url.searchParams.has("expand")) return undefined
          asked++
          return "hang"
        }
        const whenAsked = (times: number) =>
          Effect.repeat(Effect.sleep("5 millis"), { until: () => asked >= times }).pipe(
            Effect.andThen(Effect.sleep("50 millis")),
            Effect.andThen(Effect.sync(() => assert.strictEqual(asked, times)))
          )
        const fibers = yield* Effect.forEach(Array.from({ length: 16 }), () => Effect.forkChild(result))
        yield* whenAsked(12)
        yield* Fiber.interruptAll(fibers.slice(0, 3))
        yield* whenAsked(15)
        yield* Fiber.interruptAll(fibers)
      }))

    it.effect("a result of a parse that the vendor forgot is PARSER_FORGOTTEN", () =>
      Effect.gen(function*() {
        const { result, stub } = yield* submitted
        stub.parses.length = 0
        const error = yield* Effect.flip(result)
        assert.deepStrictEqual([error._tag, error.code], ["PermanentError", "PARSER_FORGOTTEN"])
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
    [{ status: 500 }, "RecoverableError", "PARSER_UNAVAILABLE"],
    [{ status: 502, body: "<html>bad gateway</html>" }, "RecoverableError", "PARSER_UNAVAILABLE"],
    [{ status: 504 }, "TransientError", "PARSER_TIMEOUT"],
    [{ status: 200, body: { what: "is this" } }, "TransientError", "PARSER_FAILED"],
    ["reset", "RecoverableError", "PARSER_UNAVAILABLE"],
    ["cut", "RecoverableError", "PARSER_UNAVAILABLE"]
  ])("classifies %j and reveals no secret", ([behaviour, tag, code]) =>
    Effect.gen(function*() {
      const stub = yield* serveLlamaParse
      stub.intercept = ({ method }) => method === "POST" ? behaviour : undefined
      const error = yield* Effect.flip((yield* parserOf(stub)).submit(request))
      assert.deepStrictEqual([error._tag, error.code, error.dependency], [tag, code, "parser"])
      assert.match(error.message, /\.$/, "advice may follow it")
      assert.strictEqual(uploads(stub).length, 1)
      for (const hidden of [key, secret, "<html>"]) assert.notInclude(JSON.stringify(error), hidden)
    }))

  it.effect("DocumentParserLlamaParse fails at the deadline of the call", () =>
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
