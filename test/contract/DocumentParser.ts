/** The contract of document parsers, as a suite over a layer. */
import { assert, layer } from "@effect/vitest"
import { Effect, type Layer, Option, Schedule, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { DocumentParser, type ParseRequest } from "../../services/DocumentParser.ts"
import { DocumentId, JobId, localUserId } from "../../src/domain/Ids.ts"
import { TransientError } from "../../src/domain/ServiceError.ts"
import { canonicalText, pageMarks, stringOf } from "../../src/domain/text.ts"

const policy =
  "# Policy\r\n\r\nThe annual deductible is **500** dollars.\r\n\r\n## Exclusions\r\n\r\nZahnärztliche Behandlung.\r\n"

const requestFor = (text: string): ParseRequest => {
  const bytes = new TextEncoder().encode(text)
  return {
    jobId: JobId.make(randomUUID()),
    documentId: DocumentId.make(randomUUID()),
    userId: localUserId,
    filename: "document.md",
    mediaType: "text/markdown",
    bytes: bytes.length,
    content: Stream.fromIterable([bytes.subarray(0, 7), bytes.subarray(7)])
  }
}

/** The parser may be slow; a callback would say when to poll. */
const resultOf = (parser: DocumentParser["Service"], id: string, request: ParseRequest) =>
  parser.result(id, request).pipe(
    Effect.repeat({ until: Option.isSome, schedule: Schedule.spaced("20 millis"), times: 500 }),
    Effect.map(Option.getOrThrowWith(() => new Error("The parse never ended.")))
  )

export const documentParserContract = <E>(name: string, parser: Layer.Layer<DocumentParser, E>) =>
  layer(parser, { excludeTestServices: true })(`DocumentParser ${name}`, (it) => {
    it.effect("returns the text of a document in canonical form", () =>
      Effect.gen(function*() {
        const parser = yield* DocumentParser
        const request = requestFor(policy)
        const { markdown: text, pages } = yield* resultOf(parser, yield* parser.submit(request), request)
        const markdown = stringOf(text)
        for (
          const part of ["# Policy", "The annual deductible is", "500", "## Exclusions", "Zahnärztliche Behandlung."]
        ) {
          assert.include(markdown, part)
        }
        assert.strictEqual(markdown, canonicalText(markdown))
        assert.strictEqual([...markdown.matchAll(pageMarks())].length, pages)
      }))

    it.effect("returns the same text each time, and for every job with the same document", () =>
      Effect.gen(function*() {
        const parser = yield* DocumentParser
        const [one, other] = [requestFor(policy), requestFor(policy)]
        const id = yield* parser.submit(one)
        const first = yield* resultOf(parser, id, one)
        assert.deepStrictEqual(yield* resultOf(parser, id, one), first)
        assert.deepStrictEqual(yield* resultOf(parser, yield* parser.submit(other), other), first)
      }))

    it.effect("does not start a second parse of a job that is submitted again", () =>
      Effect.gen(function*() {
        const parser = yield* DocumentParser
        const request = requestFor(policy)
        const id = yield* parser.submit(request)
        assert.strictEqual(yield* parser.submit(request), id)
      }))

    it.effect("gives different jobs different ids", () =>
      Effect.gen(function*() {
        const parser = yield* DocumentParser
        assert.notStrictEqual(yield* parser.submit(requestFor(policy)), yield* parser.submit(requestFor(policy)))
      }))

    it.effect("fails with the content's own error when the content cannot be read", () =>
      Effect.gen(function*() {
        const parser = yield* DocumentParser
        const gone = new TransientError({ code: "STORAGE_FAILED", message: "The disk is gone.", dependency: "storage" })
        const whole = requestFor(policy)
        const request = { ...whole, content: Stream.concat(Stream.take(whole.content, 1), Stream.fail(gone)) }
        const outcome = Effect.flatMap(parser.submit(request), (id) => resultOf(parser, id, request))
        assert.deepStrictEqual(yield* Effect.flip(outcome), gone)
      }))

    it.effect("accepts a cancel at any time, and twice", () =>
      Effect.gen(function*() {
        const parser = yield* DocumentParser
        const request = requestFor(policy)
        const id = yield* parser.submit(request)
        yield* parser.cancel(id)
        yield* parser.cancel(id)
      }))

    it.effect("forgets a parse, whether running, finished or unknown", () =>
      Effect.gen(function*() {
        const parser = yield* DocumentParser
        const request = requestFor(policy)
        const id = yield* parser.submit(request)
        const known = yield* parser.parsesOf(request.jobId)
        assert.isTrue(known.length === 0 || known.includes(id))
        yield* parser.forget(id)
        yield* parser.forget(id)
        assert.deepStrictEqual(yield* parser.parsesOf(requestFor(policy).jobId), [])
      }))
  })
