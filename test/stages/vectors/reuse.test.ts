import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Layer, Schema } from "effect"
import { Vectors } from "../../../services/Vectors.ts"
import { reuseWindow } from "../../../src/policy/limits.ts"
import { reuse } from "../../../src/stages/vectors/reuse.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"

const chunkCount = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 * reuseWindow })))

describe("the search for vectors to reuse", () => {
  it.effect.prop("looks at each chunk of a document once, at most 20,000 in a statement", [chunkCount], ([chunks]) => {
    const looked: Array<number> = []
    const vectors = Layer.mock(Vectors, {
      reuse: (_job, after, limit) => {
        looked.push(after)
        assert.isAtMost(limit, 20_000)
        const here = Math.min(limit, chunks - 1 - after)
        return Effect.succeed({ chunks: here, reused: here - 1, missingBytes: 3 })
      }
    })
    const job = aClaim()
    return Effect.gen(function*() {
      const found = yield* reuse({ ...job, progress: { ...job.progress, chunksTotal: chunks } })
      const parts = looked.length
      assert.deepStrictEqual(found, { chunks, reused: chunks - parts, missingBytes: 3 * parts })
      assert.deepStrictEqual(looked, Array.from({ length: Math.ceil(chunks / 20_000) }, (_, part) => part * 20_000 - 1))
    }).pipe(Effect.provide(vectors))
  })
})
