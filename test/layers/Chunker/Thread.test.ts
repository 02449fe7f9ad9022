import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { ChunkerThread } from "../../../layers/Chunker/Thread.ts"
import { Chunker } from "../../../services/Chunker.ts"
import { chunkers } from "../../../src/chunking/chunkers.ts"
import { type Chunk, ChunkerId, identify } from "../../../src/domain/Chunk.ts"
import { DocumentId, localUserId } from "../../../src/domain/Ids.ts"
import { PermanentError } from "../../../src/domain/ServiceError.ts"

const document = DocumentId.make("0b2f8c1e-6c1d-4a53-9d3e-0d2a6f1c7b45")
const job = (chunksVersion: ChunkerId) => ({
  userId: localUserId,
  documentId: document,
  chunksVersion,
  filename: "clauses.md"
})
const text = Array.from(
  { length: 2_000 },
  (_, n) => `## Clause ${n}\n\n${"Überall gilt: der Wasserschaden ist gedeckt \u{1f600}. ".repeat(4)}`
).join("\n\n")
const bytes = new TextEncoder().encode(text)
// A character may be divided between two parts.
const parts = Stream.fromIterable(Array.from({ length: 400 }, (_, n) => n)).pipe(
  Stream.map((n) => bytes.subarray(n * 1_001, (n + 1) * 1_001)),
  Stream.filter((part) => part.length > 0)
)

describe("a long text", () => {
  it.effect.each(ChunkerId.literals)(
    "a long text is chunked like a short one: %s",
    (chunker) =>
      Effect.gen(function*() {
        const whole = parts.pipe(Stream.concat(Stream.make(bytes.subarray(400 * 1_001))))
        const next = yield* (yield* Chunker).cut(job(chunker), whole)
        const found: Array<Chunk> = []
        for (let some = yield* next; some.length > 0; some = yield* next) found.push(...some)
        const expected = [...chunkers[chunker](text, "clauses.md")].map((piece, n) =>
          identify(document, chunker, n, piece)
        )
        assert.deepStrictEqual(found, expected)
        assert.deepStrictEqual(yield* next, [])
      }).pipe(Effect.scoped, Effect.provide(ChunkerThread))
  )

  it.effect("a long text that cannot be read to its end fails with its own error", () =>
    Effect.gen(function*() {
      const gone = new PermanentError({ code: "PARSED_MISSING", message: "It is gone." })
      const broken = Stream.concat(parts, Stream.fail(gone))
      const { cut } = yield* Chunker
      assert.deepStrictEqual(yield* Effect.flip(Effect.asVoid(cut(job("markdown-simple@1"), broken))), gone)
    }).pipe(Effect.scoped, Effect.provide(ChunkerThread)))

  it.live("waits while two others are chunked: each takes several times its size in memory", () =>
    Effect.gen(function*() {
      const { cut } = yield* Chunker
      const read: Array<number> = []
      const leave = yield* Deferred.make<void>()
      const chunkOne = (n: number) =>
        cut(job("markdown-simple@1"), Stream.tap(parts, () => Effect.sync(() => void (read[n] = 1)))).pipe(
          Effect.andThen(Deferred.await(leave)),
          Effect.scoped,
          Effect.forkChild
        )
      const fibers = [yield* chunkOne(0), yield* chunkOne(1)]
      yield* Effect.repeat(Effect.sleep("5 millis"), { until: () => read.length === 2 })
      fibers.push(yield* chunkOne(2))
      yield* Effect.sleep("100 millis")
      assert.lengthOf(read, 2)
      yield* Deferred.succeed(leave, undefined)
      yield* Fiber.joinAll(fibers)
      assert.lengthOf(read, 3)
    }).pipe(Effect.provide(ChunkerThread)))
})
