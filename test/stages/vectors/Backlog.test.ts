import { it } from "@effect/vitest"
import { Schema } from "effect"
import { randomUUID } from "node:crypto"
import { assert, describe } from "vitest"
import { ChunkId, UserId } from "../../../src/domain/Ids.ts"
import { embeddingBatch } from "../../../src/policy/limits.ts"
import type { Slice } from "../../../src/purchases/Slice.ts"
import { makeBacklog } from "../../../src/stages/vectors/Backlog.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"

const [ann, bob] = [UserId.make(randomUUID()), UserId.make(randomUUID())]

const sliceOf = (user: UserId, sizes: ReadonlyArray<number>): Slice => ({
  job: aClaim({ userId: user }),
  chunks: sizes.map((size, ordinal) => ({
    chunkId: ChunkId.make(randomUUID()),
    ordinal,
    sha: `${ordinal}`,
    text: "x".repeat(size)
  }))
})

const bytesOf = (chunks: Slice["chunks"]) => chunks.reduce((sum, { text }) => sum + text.length, 0)
const int = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const sizes = (minimum: number, maximum: number, longest: number) =>
  Schema.Array(int(1, longest)).check(Schema.isMinLength(minimum), Schema.isMaxLength(maximum))

/** Everything waiting, request by request. */
const takeAll = (backlog: ReturnType<typeof makeBacklog<Slice>>) => {
  const requests: Array<ReturnType<typeof backlog.take>> = []
  while (!backlog.isEmpty()) requests.push(backlog.take())
  return requests
}

describe("texts that wait for a request", () => {
  it.prop(
    "are in the next one, however much of another user's is waiting before them",
    [sizes(1, 600, 5_000), sizes(1, embeddingBatch.inputs / 2, 1_000), int(1, 8)],
    ([large, small, jobs]) => {
      const backlog = makeBacklog<Slice>()
      for (let job = 0; job < jobs; job++) backlog.add(sliceOf(ann, large))
      const wanted = sliceOf(bob, small)
      backlog.add(wanted)
      const taken = backlog.take().filter(({ entry }) => entry === wanted).flatMap(({ chunks }) => chunks)
      assert.deepStrictEqual(taken, wanted.chunks)
    },
    { arbitrary: { runs: 200 } }
  )

  it.prop(
    "are sent once each, in order, in requests with at most a small document's space left",
    [Schema.Array(Schema.Struct({ user: int(0, 3), sizes: sizes(1, 300, 20_000) })).check(Schema.isMaxLength(6))],
    ([jobs]) => {
      const users = [ann, bob, UserId.make(randomUUID()), UserId.make(randomUUID())]
      const backlog = makeBacklog<Slice>()
      const all = jobs.map(({ sizes, user }) => sliceOf(users[user] ?? ann, sizes))
      for (const each of all) backlog.add(each)
      const requests = takeAll(backlog)
      for (const each of all) {
        const gone = requests.flat().filter(({ entry }) => entry === each).flatMap(({ chunks }) => chunks)
        assert.deepStrictEqual(gone, each.chunks)
      }
      requests.forEach((request, index) => {
        const texts = request.flatMap(({ chunks }) => chunks)
        assert.isAtMost(texts.length, embeddingBatch.inputs)
        assert.isAtMost(bytesOf(texts), embeddingBatch.bytes)
        const first = requests[index + 1]?.[0]?.chunks[0]
        if (first === undefined || texts.length === embeddingBatch.inputs) return
        const full = Math.max(
          texts.length / embeddingBatch.inputs,
          (bytesOf(texts) + first.text.length) / embeddingBatch.bytes
        )
        assert.isAtLeast(full, 1 - embeddingBatch.spare)
      })
    },
    { arbitrary: { runs: 100 } }
  )

  it("are not split between two requests, unless one would stay too empty", () => {
    const backlog = makeBacklog<Slice>()
    const documents = [200, 70, 500].map((count) => sliceOf(ann, Array.from({ length: count }, () => 100)))
    for (const document of documents) backlog.add(document)
    const counts = takeAll(backlog).map((request) =>
      request.map(({ chunks, entry }) => [documents.indexOf(entry), chunks.length])
    )
    assert.deepStrictEqual(counts, [[[0, 200]], [[1, 70], [2, 186]], [[2, 256]], [[2, 58]]])
  })

  it(
    "of one user with a text too large for the remaining space let another user's go first, and are first in "
      + "the next request",
    () => {
      const backlog = makeBacklog<Slice>()
      const half = embeddingBatch.bytes / 2
      const [large, small] = [sliceOf(ann, [half, half, half + 1]), sliceOf(bob, [10, 10])]
      backlog.add(large)
      backlog.add(small)
      const counts = takeAll(backlog).map((request) =>
        request.map(({ chunks, entry }) => [entry === large, chunks.length])
      )
      assert.deepStrictEqual(counts, [[[true, 1], [false, 2]], [[true, 1]], [[true, 1]]])
    }
  )

  it("are dropped when their job has ended, and do not fill a request", () => {
    const backlog = makeBacklog<Slice>()
    const [ended, other] = [sliceOf(ann, Array.from({ length: 300 }, () => 1)), sliceOf(ann, [5])]
    backlog.add(ended)
    backlog.add(other)
    assert.isTrue(backlog.isFull())
    backlog.take()
    backlog.remove(ended)
    assert.isFalse(backlog.isFull())
    assert.deepStrictEqual(backlog.take().map(({ entry }) => entry), [other])
    assert.isTrue(backlog.isEmpty())
  })
})
