/** The steps of the parse phase: submit, collect, validate. */
import { it } from "@effect/vitest"
import { Duration, Effect, Option, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"
import { minutes, parsedAs, Parser, queued, runCollect, runSubmit, runValidate, surroundings } from "./parseStage.ts"

describe("a document", () => {
  it.effect("is submitted to the parser under a name of ours, with a callback signed by its own secret", () =>
    Effect.gen(function*() {
      const { submitted } = yield* Parser
      const job = aClaim({ filename: "../../Geheim – Müller.pdf", rawPath: "raw/user/document.pdf" })
      const { move } = yield* runSubmit(job)
      assert.deepInclude(move, {
        to: "parse_queued",
        set: { providerJobId: "pjb-1", parseAttempts: 1, pollDeadlineMs: 1_800_000 }
      })
      assert.strictEqual(submitted[0]?.filename, "document.pdf")
      assert.strictEqual(submitted[0]?.callback?.url.href, `https://accessa.example/${job.jobId}`)
      assert.strictEqual(Redacted.value(submitted[0]?.callback?.secret ?? Redacted.make("")), job.webhookSecret)
    }).pipe(Effect.provide(surroundings)))

  it.effect("whose path has no known extension is submitted with the extension of its type", () =>
    Effect.gen(function*() {
      const { submitted } = yield* Parser
      yield* runSubmit(aClaim({ mediaType: "application/pdf", rawPath: "raw/user/document.bin" }))
      assert.strictEqual(submitted[0]?.filename, "document.pdf")
    }).pipe(Effect.provide(surroundings)))

  it.effect("that the parser has read is in our storage, and what it left out in the row, when the job moves", () =>
    Effect.gen(function*() {
      const parser = yield* Parser
      const storage = yield* ObjectStorage
      const lost = { kind: "page" as const, page: 2, count: 1, detail: "The parser could not read it." }
      parser.parsed = { markdown: "# Ä\n", pages: 1, leftOut: [lost] }
      const job = queued()
      const outcome = yield* runCollect(job)
      const path = `parsed/${job.userId}/${job.documentId}-${job.jobId}-${job.fence}.md`
      assert.deepInclude(outcome, {
        to: "parsed",
        set: {
          parsedPath: path,
          parsedSha256: sha256("# Ä\n"),
          parseReport: { characters: 4, pages: 1, duplicateOf: null, leftOut: [lost] }
        }
      })
      assert.deepStrictEqual(yield* storage.stat(path), Option.some({ bytes: 5 }))
    }).pipe(Effect.provide(surroundings)))

  it.effect("is polled less and less often, and fails at its last deadline, naming the parser's job", () =>
    Effect.gen(function*() {
      const left = (pollLeftMs: number) => queued({ pollLeftMs, parseAttempts: 2 })
      const delays = []
      for (const ago of [0, 20_000, 620_000]) {
        const outcome = yield* runCollect(left(minutes(30) - ago))
        delays.push(outcome._tag === "wait" ? Duration.toSeconds(outcome.delay) : outcome._tag)
      }
      assert.deepStrictEqual(delays, [1, 5, 20])
      const error = yield* Effect.flip(runCollect(left(0)))
      assert.include(error, { _tag: "PermanentError", code: "PARSER_DEADLINE", requestId: "pjb-1" })
    }).pipe(Effect.provide(surroundings)))

  it.effect("is not late because the worker's clock is ahead", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("3 hours")
      const outcome = yield* runCollect(queued({ pollLeftMs: minutes(29), parseAttempts: 2 }))
      assert.strictEqual(outcome._tag, "wait")
    }).pipe(Effect.provide(surroundings)))

  it.effect(
    "that hangs at the parser is cancelled there at its deadline and submitted again with a new "
      + "deadline",
    () =>
      Effect.gen(function*() {
        const { cancelled, submitted } = yield* Parser
        const again = yield* runCollect(queued({ pollLeftMs: 0, parseAttempts: 1 }))
        assert.deepStrictEqual(cancelled, ["pjb-1"])
        assert.lengthOf(submitted, 1)
        assert.deepInclude(again, {
          _tag: "wait",
          set: { providerJobId: "pjb-1", parseAttempts: 2, pollDeadlineMs: 1_800_000 }
        })
      }).pipe(Effect.provide(surroundings))
  )

  it.effect("that is submitted again is not left at the parser under its old id", () =>
    Effect.gen(function*() {
      const { forgotten } = yield* Parser
      const late = { pollLeftMs: 0, parseAttempts: 1 }
      yield* runCollect(queued({ ...late, providerJobId: "pjb-before" }))
      yield* runSubmit(aClaim({ providerJobId: "pjb-failed" }))
      yield* runSubmit(aClaim())
      assert.deepStrictEqual(forgotten, ["pjb-before", "pjb-failed"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("whose stored file has more or fewer bytes than uploaded is never the parser's fault", () =>
    Effect.gen(function*() {
      const storage = yield* ObjectStorage
      const { submitted } = yield* Parser
      for (const [size, seen] of [[3, ""], [5, "four!"]] as const) {
        const job = aClaim({ bytes: size, rawPath: `raw/user/document-${size}.md`, rawSha256: sha256("four!") })
        yield* storage.put(
          job.rawPath,
          Stream.make(...["fo", "ur", "!"].map((text) => Buffer.from(text))),
          "text/plain"
        )
        yield* runSubmit(job)
        const content = submitted.at(-1)?.content ?? Stream.empty
        const parts: Array<string> = []
        const exit = yield* Effect.exit(
          Stream.runForEach(content, (part) => Effect.sync(() => void parts.push(Buffer.from(part).toString())))
        )
        assert.strictEqual(exit._tag, seen === "" ? "Failure" : "Success")
        assert.isAtMost(parts.join("").length, size, "no more than was announced")
      }
    }).pipe(Effect.provide(surroundings)))

  it.effect("is polled by the id of its newest parse, whatever woke the job", () =>
    Effect.gen(function*() {
      const { asked } = yield* Parser
      yield* runCollect(queued({ providerJobId: "pjb-2", pollLeftMs: minutes(30) }))
      assert.deepStrictEqual(asked, ["pjb-2"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("gets a new deadline if a retry has cleared it", () =>
    Effect.gen(function*() {
      const outcome = yield* runCollect(queued())
      assert.deepInclude(outcome, { _tag: "wait", set: { pollDeadlineMs: 1_800_000 } })
      const another = yield* runCollect(queued({ pollLeftMs: minutes(30) }))
      assert.deepInclude(another, { _tag: "wait", set: {} })
    }).pipe(Effect.provide(surroundings)))

  for (const code of ["PARSER_FAILED", "PARSER_TIMEOUT"] as const) {
    it.effect(`whose parse ended with ${code} at the parser is submitted again, once`, () =>
      Effect.gen(function*() {
        const { submitted } = yield* Parser
        const ofCall = { code, class: "transient", message: "", help: "", kept: "", atStatus: "parse_queued" } as const
        const lastError = { ...ofCall, requestId: "pjb-1" }
        const again = yield* runCollect(queued({ lastError }))
        assert.strictEqual(again._tag, "wait")
        assert.include(again.set, { providerJobId: "pjb-1" })
        assert.lengthOf(submitted, 1)
        yield* runCollect(queued({ lastError, providerJobId: "pjb-2" }))
        yield* runCollect(queued({ lastError: ofCall }))
        assert.lengthOf(submitted, 1, "a call that failed says nothing about the parse")
      }).pipe(Effect.provide(surroundings)))
  }

  it.effect("with text continues with a report of what was found", () =>
    Effect.gen(function*() {
      const job = yield* parsedAs("<!-- page 1 -->\n\nWater damage\n\n<!-- page 2 -->\n\n1,000 €\n")
      const report = yield* runValidate(job)
      assert.deepInclude(report, { pages: 2, duplicateOf: null })
      assert.isAbove(report.characters, 19)
    }).pipe(Effect.provide(surroundings)))

  for (
    const [code, text] of [
      ["NO_TEXT", "<!-- page 1 -->\n\n<!-- page 2 -->\n"],
      ["NO_TEXT", "--- *** ---\n"],
      ["TEXT_NOT_SANE", `a ${"\ufffd".repeat(9)}\n`]
    ] as const
  ) {
    it.effect(`of ${JSON.stringify(text)} fails with ${code}`, () =>
      Effect.gen(function*() {
        const job = yield* parsedAs(text)
        assert.include(yield* Effect.flip(runValidate(job)), { _tag: "PermanentError", code })
      }).pipe(Effect.provide(surroundings)))
  }

  it.effect("whose parsed text was changed or lost in the storage does not continue", () =>
    Effect.gen(function*() {
      const job = yield* parsedAs("text\n")
      const codeOf = (fields: Partial<typeof job>) =>
        Effect.map(Effect.flip(runValidate({ ...job, ...fields })), (error) => "code" in error && error.code)
      assert.strictEqual(yield* codeOf({ parsedSha256: sha256("other\n") }), "PARSED_CORRUPT")
      assert.strictEqual(yield* codeOf({ parsedPath: `parsed/${job.userId}/none.md` }), "PARSED_MISSING")
    }).pipe(Effect.provide(surroundings)))
})
