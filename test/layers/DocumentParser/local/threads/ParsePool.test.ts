/** The local parser's time and memory limits, and the users' turns. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Option, Stream } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import process from "node:process"
import type { Worker } from "node:worker_threads"
import { DocumentParserLocal, type DocumentParserLocalOptions } from "../../../../../layers/DocumentParser/Local.ts"
import type { DocumentParser } from "../../../../../services/DocumentParser.ts"
import { JobId, UserId } from "../../../../../src/domain/Ids.ts"
import { stringOf } from "../../../../../src/domain/text.ts"
import { makePdf } from "../../../../support/builders/makePdf.ts"
import { failure, page, parse, tryToParse, underWay } from "../../../../support/builders/parse.ts"
import { rawPdf } from "../../../../support/builders/rawPdf.ts"

describe("a parse that takes too long", () => {
  const slow = `<p>${"<b>word</b> and <i>more</i> ".repeat(200_000)}`

  it.effect(
    "a parse that takes too long ends at its time limit, and the next document is parsed",
    () =>
      Effect.gen(function*() {
        const tick = Effect.andThen(TestClock.adjust("1 second"), Effect.yieldNow)
        const outcome = yield* Effect.raceFirst(failure("slow.html", slow), Effect.forever(tick))
        assert.strictEqual(outcome, "PermanentError PARSE_TOO_COMPLEX")
        assert.deepStrictEqual(yield* parse("a.txt", "words"), { markdown: "words\n", pages: 0 })
      }).pipe(Effect.provide(DocumentParserLocal({ limit: Duration.seconds(3) }))),
    180_000
  )

  it.effect("a parse that takes too long ends when its caller is interrupted", () =>
    Effect.gen(function*() {
      const stuck = yield* Effect.forkChild(parse("slow.html", slow))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(stuck)
      assert.deepStrictEqual(yield* parse("a.txt", "words"), { markdown: "words\n", pages: 0 })
    }).pipe(Effect.provide(DocumentParserLocal())), 180_000)
})

describe("the thread of a document", () => {
  /** All that are started meanwhile. */
  const threadsOf = Effect.acquireRelease(
    Effect.sync(() => {
      const started: Array<Worker> = []
      const onStart = (thread: Worker) => void started.push(thread)
      process.on("worker", onStart)
      return { started, onStart }
    }),
    ({ onStart }) => Effect.sync(() => process.off("worker", onStart))
  )

  it.live(
    "the thread of a document is used again, but ends if the document took much memory",
    () =>
      Effect.gen(function*() {
        const { started } = yield* threadsOf
        for (const name of ["a.html", "b.html"]) yield* parse(name, "<p>words")
        assert.lengthOf(started, 1)
        yield* parse("long.txt", "words ".repeat(8_000_000))
        yield* parse("c.html", "<p>words")
        assert.lengthOf(started, 2)
        assert.strictEqual(started[0]?.threadId, -1)
      }).pipe(Effect.scoped, Effect.provide(DocumentParserLocal())),
    180_000
  )
})

describe("a document that waits for its turn", () => {
  it.live(
    "a document that waits for its turn leaves when its caller is interrupted, not when its turn comes",
    () =>
      Effect.gen(function*() {
        const slow = yield* underWay("slow.html", `<p>${"<b>word</b> and <i>more</i> ".repeat(200_000)}`)
        const next = yield* underWay("next.html", "<p>words")
        yield* Effect.sleep("20 millis")
        yield* Fiber.interrupt(next)
        // Had it waited for the other's end, that would be known by now.
        yield* Effect.sleep("20 millis")
        assert.isUndefined(slow.pollUnsafe())
        yield* Fiber.interrupt(slow)
      }).pipe(Effect.provide(DocumentParserLocal({ brief: "1 hour", short: "1 hour" }))),
    180_000
  )
})

describe("long documents beside short ones", () => {
  const scan = (pages: number) =>
    makePdf(Array.from({ length: pages }, () => [{ at: [304, 0, 0, 48, 60, 700] as const }]))
  const lines = page(...Array.from({ length: 40 }, (_, i) => `Clause ${i} says what is covered, and what is not.`))
  const markup = "<h1>News</h1><p>Short and to the point.</p>"
  const other = UserId.make("00000000-0000-4000-8000-000000000002")
  const local = <A, E>(effect: Effect.Effect<A, E, DocumentParser>, options: DocumentParserLocalOptions = {}) =>
    Effect.provide(effect, Layer.fresh(DocumentParserLocal(options)))

  it.live(
    "long documents beside short ones do not delay them: markup is parsed while two scans of another user are "
      + "still being parsed",
    () =>
      Effect.gen(function*() {
        const scans = [yield* underWay("a.pdf", scan(20)), yield* underWay("b.pdf", scan(20))]
        const parsed = yield* parse("c.html", markup, { userId: other })
        assert.deepStrictEqual(parsed, { markdown: "# News\n\nShort and to the point.\n", pages: 0 })
        for (const each of scans) assert.isUndefined(each.pollUnsafe())
        // Otherwise the pool would wait for both before it closes.
        yield* Fiber.interruptAll(scans)
      }).pipe((test) => local(test, { short: "1 hour" })),
    180_000
  )

  it.live(
    "long documents beside short ones return to the queue if too many are waiting, and get their turn when "
      + "they come back",
    () =>
      Effect.gen(function*() {
        const first = yield* underWay("a.pdf", scan(1_000))
        const again = { jobId: JobId.make(randomUUID()) }
        assert.isTrue(Option.isNone(yield* tryToParse("b.pdf", scan(1), again)))
        yield* Fiber.interrupt(first)
        assert.strictEqual((yield* parse("b.pdf", scan(1), again)).pages, 1)
      }).pipe((test) => local(test, { maxScans: 1_000, waiting: { ofOneUser: 0, ofAll: 0 } })),
    180_000
  )

  it.effect(
    "long documents beside short ones get their full time limit, however long they waited",
    () =>
      Effect.gen(function*() {
        const page = new TextEncoder().encode(`<p>${"words ".repeat(40_000)}`)
        const content = Stream.concat(Stream.fromEffectDrain(TestClock.adjust("100 seconds")), Stream.make(page))
        const parsed = yield* Effect.forEach(
          ["a.html", "b.html", "c.html"],
          (name) => parse(name, page, { content }),
          { concurrency: 3 }
        )
        assert.isTrue(parsed.every((each) => stringOf(each.markdown).startsWith("words words")))
      }).pipe((test) => local(test, { limit: "120 seconds", short: "1 hour" })),
    180_000
  )

  it.live(
    "long documents beside short ones leave the short lane while the long one is free, before they count as long",
    () =>
      Effect.gen(function*() {
        const pages = yield* underWay("many.pdf", makePdf(Array.from({ length: 600 }, () => lines)))
        yield* parse("c.html", markup, { userId: other })
        assert.isUndefined(pages.pollUnsafe())
        assert.strictEqual((yield* Fiber.join(pages)).pages, 600)
      }).pipe((test) => local(test, { brief: "0 millis", short: "1 hour" })),
    180_000
  )

  it.live("return UTF-8 if their text is long", () =>
    Effect.gen(function*() {
      const words = "Wörter ".repeat(1_300_000)
      const parsed = yield* parse("long.txt", words)
      assert.instanceOf(parsed.markdown, Uint8Array)
      assert.isTrue(stringOf(parsed.markdown) === `${words.trimEnd()}\n`)
    }).pipe(local), 180_000)

  it.live("leave the short lane after a moment, and keep their work so far", () =>
    Effect.gen(function*() {
      const slow = yield* underWay("slow.html", `<p>${"<b>word</b> and <i>more</i> ".repeat(100_000)}`)
      yield* parse("c.html", markup, { userId: other })
      assert.isUndefined(slow.pollUnsafe())
      assert.isDefined(yield* Fiber.join(slow))
    }).pipe((test) => local(test, { short: "200 millis" })), 180_000)
})

describe("a parse that takes too much memory", () => {
  it.effect(
    "a parse that takes too much memory ends in an error, and the next document is parsed",
    () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* failure("a.html", "<p>a<b>b</b>".repeat(400_000)), "PermanentError PARSE_TOO_COMPLEX")
        assert.deepStrictEqual(yield* parse("a.txt", "words"), { markdown: "words\n", pages: 0 })
      }).pipe(Effect.provide(DocumentParserLocal({ memoryMb: 64 }))),
    180_000
  )

  it.live(
    "a parse that takes too much memory outside JavaScript's heap ends, too: a PDF that unpacks to an enormous size",
    () =>
      Effect.gen(function*() {
        const bomb = makePdf([page("Words")], { padding: 200_000_000 })
        assert.strictEqual(yield* failure("a.pdf", bomb), "PermanentError PARSE_TOO_COMPLEX")
      }).pipe(Effect.provide(DocumentParserLocal({ memoryMb: 64 }))),
    180_000
  )

  it.live(
    "a parse that takes too much memory ends, too, inside PDFium: a PDF whose forms contain each other without end",
    () =>
      Effect.gen(function*() {
        const draws = "/X Do ".repeat(6)
        const forms = Array.from({ length: 12 }, (_, i) =>
          "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << " +
          `/XObject << /X ${6 + i} 0 R >> >> /Length ${draws.length} >>\nstream\n${draws}\nendstream`)
        const pdf = rawPdf(["/X Do"], { objects: [...forms, "<< >>"], resources: "/XObject << /X 5 0 R >>" })
        assert.strictEqual(yield* failure("a.pdf", pdf), "PermanentError PARSE_TOO_COMPLEX")
        assert.strictEqual((yield* parse("b.pdf", makePdf([page("Words")]))).pages, 1)
      }).pipe(Effect.provide(DocumentParserLocal({ memoryMb: 64 }))),
    180_000
  )
})
