import { it } from "@effect/vitest"
import { assert, describe } from "vitest"
import { dependencyCodes, errorCodes } from "../../src/domain/ErrorCode.ts"
import { embeddingBatch, embeddingCost, embeddingWindow } from "../../src/policy/limits.ts"

describe("an embeddings request", () => {
  it("an embeddings request stays within the provider's limits", () => {
    assert.isAtMost(embeddingBatch.inputs, 2_048)
    assert.isAtMost(embeddingBatch.bytes, 300_000)
  })

  it("an embeddings request can be filled by one job alone", () => {
    assert.isAtLeast(embeddingWindow, embeddingBatch.inputs)
  })

  it(
    "an embeddings request costs two cents per million tokens with the small model, and nothing with a model "
      + "without a price",
    () => {
      assert.strictEqual(embeddingCost("text-embedding-3-small", 1_000_000), 0.02)
      assert.strictEqual(embeddingCost("local-model", 1_000_000), 0)
    }
  )
})

describe("an unavailable dependency", () => {
  it("an unavailable dependency parks the job: the code of an open circuit is recoverable", () => {
    for (const { unavailable } of Object.values(dependencyCodes)) {
      assert.strictEqual(errorCodes[unavailable].class, "recoverable", unavailable)
    }
  })

  it("a dependency that answers late is retried: the code of a deadline is transient", () => {
    for (const { timeout } of Object.values(dependencyCodes)) {
      assert.strictEqual(errorCodes[timeout].class, "transient", timeout)
    }
  })
})
